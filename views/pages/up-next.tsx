import { PROVIDER_NAMES } from "../../src/domain/providers.ts";
import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { Layout } from "../layout.tsx";
import { CaughtUp, type CaughtUpModel, CaughtUpRows } from "../parts/caught-up.tsx";
import { MoreRow, Refresher } from "../parts/more.tsx";
import { NowWatching, type NowWatchingModel } from "../parts/now-watching.tsx";
import { UpNextCard, type UpNextModel } from "../parts/up-next-card.tsx";
import { WaysIn } from "../parts/ways-in.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { formatNumber } from "../ui/format.ts";
import { Icon } from "../ui/icon.tsx";
import { PageHeader } from "../ui/page-header.tsx";

export type UpNextSectionModel = {
  key: string;
  title: string;
  /** Shown only when asked for. */
  folded: boolean;
  items: readonly UpNextModel[];
  total: number;
  /** Where the list goes on; null at its end. */
  moreHref: string | null;
};

/** Why there is nothing to watch. */
export type NothingNext = "no-server" | "no-shows" | "none-watching" | "all-watched";

export type UpNextPageModel = {
  sections: readonly UpNextSectionModel[];
  caughtUp: CaughtUpModel;
  nowWatching: readonly NowWatchingModel[];
  nothing: NothingNext | null;
};

type Props = { ctx: ViewContext; page: UpNextPageModel };

export function UpNextPage({ ctx, page }: Props): JSX.Element {
  return (
    <Layout ctx={ctx} title="Up next" nav="up-next" live>
      <PageHeader ctx={ctx} title="Up next" />
      <Refresher href={ctx.paths.home()} into={target("up-next-list")} />
      <NowWatching ctx={ctx} items={page.nowWatching} />
      <UpNextList ctx={ctx} page={page} />
    </Layout>
  );
}

/** Marks made in here bring the cards that follow; nothing is sorted anew under the reader's eyes. */
export function UpNextList({ ctx, page }: Props): JSX.Element {
  return (
    <div id={id("up-next-list")} class="up-next-page" data-keeps-order="">
      {page.nothing === null ? "" : <Nothing ctx={ctx} why={page.nothing} />}
      {page.sections.map((section, index) => (
        <Section ctx={ctx} section={section} first={index === 0} />
      ))}
      <CaughtUp ctx={ctx} caughtUp={page.caughtUp} />
    </div>
  );
}

type SectionProps = { ctx: ViewContext; section: UpNextSectionModel; first?: boolean };

function Section({ ctx, section, first = false }: SectionProps): JSX.Element {
  const cards = (
    <ul class="up-next-list">
      <UpNextRows ctx={ctx} section={section} first={first} />
    </ul>
  );
  const key = id("up-next-section", section.key);
  if (section.folded) {
    return (
      <details id={key} class="up-next-section up-next-fold">
        <summary>
          <Icon ctx={ctx} name="chevron-right" class="fold-mark" />
          <h2 safe>{section.title}</h2>
          <span class="dim numbers" safe>
            {formatNumber(section.total, ctx)}
          </span>
        </summary>
        {cards}
      </details>
    );
  }
  return (
    <section id={key} class={`up-next-section up-next-section-${section.key}`}>
      <h2 safe>{section.title}</h2>
      {cards}
    </section>
  );
}

/** Cards, and at their end the way to more; each further page takes that one's place. */
export function UpNextRows({ ctx, section, first = false }: SectionProps): JSX.Element {
  return (
    <>
      {section.items.map((next, index) => (
        <UpNextCard ctx={ctx} next={next} eager={first && index < 5} />
      ))}
      {section.moreHref === null ? "" : <MoreRow ctx={ctx} href={section.moreHref} scope={`up-next-${section.key}`} />}
    </>
  );
}

/** A further page, for readers without script. */
export function UpNextRestPage({ ctx, section }: { ctx: ViewContext; section: UpNextSectionModel }): JSX.Element {
  return (
    <Layout ctx={ctx} title="Up next" nav="up-next">
      <PageHeader ctx={ctx} title={section.title} back={{ href: ctx.paths.home(), label: "Up next" }} />
      <ul class="up-next-list" aria-label="Next episodes">
        <UpNextRows ctx={ctx} section={section} />
      </ul>
    </Layout>
  );
}

export function CaughtUpRestPage({ ctx, caughtUp }: { ctx: ViewContext; caughtUp: CaughtUpModel }): JSX.Element {
  return (
    <Layout ctx={ctx} title="Caught up" nav="up-next">
      <PageHeader ctx={ctx} title="Caught up" back={{ href: ctx.paths.home(), label: "Up next" }} />
      <ul class="caught-up-list" aria-label="Shows">
        <CaughtUpRows ctx={ctx} caughtUp={caughtUp} />
      </ul>
    </Layout>
  );
}

function Nothing({ ctx, why }: { ctx: ViewContext; why: NothingNext }): JSX.Element {
  const { paths } = ctx;
  switch (why) {
    case "all-watched":
      return (
        <EmptyState
          ctx={ctx}
          icon="check-circle"
          title="All caught up"
          text="You have watched everything that is out. New episodes appear here on the day they air."
        >
          <ButtonLink ctx={ctx} href={paths.calendar()} icon="calendar" label="See what comes next" />
        </EmptyState>
      );
    case "none-watching":
      return (
        <EmptyState
          ctx={ctx}
          icon="library"
          title="You are not watching anything right now"
          text="All your shows are archived, ended or kept for later. Put one on Watching and its next episode is here."
        >
          <ButtonLink ctx={ctx} kind="primary" href={paths.shows()} icon="library" label="Open your library" />
          <ButtonLink ctx={ctx} kind="quiet" href={paths.search()} icon="search" label="Search for a show" />
        </EmptyState>
      );
    case "no-shows":
      return (
        <EmptyState
          ctx={ctx}
          icon="play"
          title="Nothing here yet"
          text="After the first sync this page shows the next episode of every show you watch."
        >
          <WaysIn ctx={ctx} />
        </EmptyState>
      );
    case "no-server":
      return (
        <EmptyState
          ctx={ctx}
          icon="play"
          title="Your next episodes will be here"
          text={`Your media server knows what you have watched, be it ${PROVIDER_NAMES}. Connect it, sync once, and the next episode of every show is here.`}
        >
          <WaysIn ctx={ctx} />
        </EmptyState>
      );
  }
}
