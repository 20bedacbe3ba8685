import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { Layout } from "../layout.tsx";
import { MoreRow, Refresher } from "../parts/more.tsx";
import { UpNextCard, type UpNextModel } from "../parts/up-next-card.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { PageHeader } from "../ui/page-header.tsx";

export type UpNextPageModel = {
  items: readonly UpNextModel[];
  /** Where the list goes on; null at its end. */
  moreHref: string | null;
  /** The first page follows what happens; later ones stay as they are. */
  first: boolean;
  hasShows: boolean;
  hasIntegration: boolean;
};

type Props = { ctx: ViewContext; page: UpNextPageModel };

export function UpNextPage({ ctx, page }: Props): JSX.Element {
  return (
    <Layout ctx={ctx} title="Up next" nav="up-next" live={page.first}>
      <PageHeader ctx={ctx} title="Up next" />
      {page.first ? <Refresher href={ctx.paths.home()} into={target("up-next-list")} /> : ""}
      <UpNextSection ctx={ctx} page={page} />
    </Layout>
  );
}

export function UpNextSection({ ctx, page }: Props): JSX.Element {
  return (
    <div id={id("up-next-list")}>
      {page.items.length === 0 ? <NothingNext ctx={ctx} page={page} /> : ""}
      <ul class="up-next-list" aria-label="Next episodes">
        <UpNextRows ctx={ctx} page={page} />
      </ul>
    </div>
  );
}

/** Cards, and at their end the way to more; each further page takes that one's place. */
export function UpNextRows({ ctx, page }: Props): JSX.Element {
  return (
    <>
      {page.items.map((next) => (
        <UpNextCard ctx={ctx} next={next} />
      ))}
      {page.moreHref === null ? "" : <MoreRow ctx={ctx} href={page.moreHref} scope="up-next" />}
    </>
  );
}

function NothingNext({ ctx, page }: Props): JSX.Element {
  if (page.hasShows) {
    return (
      <EmptyState
        ctx={ctx}
        icon="check-circle"
        title="All caught up"
        text="You have watched everything that is out. New episodes appear here on the day they air."
      >
        <ButtonLink ctx={ctx} href={ctx.paths.calendar()} icon="calendar" label="See what comes next" />
      </EmptyState>
    );
  }
  if (page.hasIntegration) {
    return (
      <EmptyState
        ctx={ctx}
        icon="play"
        title="Nothing here yet"
        text="After the first sync this page shows the next episode of every show you watch."
      >
        <ButtonLink
          ctx={ctx}
          kind="primary"
          href={ctx.paths.integrations()}
          icon="refresh"
          label="Go to Integrations"
        />
      </EmptyState>
    );
  }
  return (
    <EmptyState
      ctx={ctx}
      icon="plug"
      title="Connect your media server"
      text="It knows what you have watched. Connect it, sync once, and the next episode of every show is here."
    >
      <ButtonLink ctx={ctx} kind="primary" href={ctx.paths.integrations()} icon="plug" label="Connect a server" />
    </EmptyState>
  );
}
