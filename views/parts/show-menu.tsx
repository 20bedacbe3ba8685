import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { ActionForm } from "../ui/action-form.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { hx } from "../ui/hx.ts";
import { Menu } from "../ui/menu.tsx";
import { Select, type SelectOption } from "../ui/select.tsx";
import { episodeCode } from "./episode-row.tsx";
import type { NextEpisodeModel } from "./show-card.tsx";

export type ShowMenuModel = {
  showId: string;
  title: string;
  /** Null: nothing is out that is not watched. */
  next: NextEpisodeModel | null;
  list: string;
  lists: readonly SelectOption[];
  rating: string;
  ratings: readonly SelectOption[];
};

/**
 * What stands behind the three dots of a show. It is asked for as it comes into view: a page of a hundred shows would
 * carry more menu than library otherwise. Without script the way to the show's page is there, which has all of it.
 */
export function ShowMenuFold({ ctx, showId, title }: { ctx: ViewContext; showId: string; title: string }): JSX.Element {
  const inside = id("show-menu", showId);
  const ask = hx({
    get: ctx.paths.showMenu(showId),
    trigger: "intersect",
    target: target("show-menu", showId),
    swap: "innerHTML",
    keepOnError: true,
  });
  return (
    <Menu ctx={ctx} label={`More for ${title}`}>
      <div id={inside} class="show-menu" {...ask} {...{ "hx-morph-skip-children": "" }}>
        <OpenShow ctx={ctx} showId={showId} title={title} />
      </div>
    </Menu>
  );
}

export function OpenShow({ ctx, showId, title }: { ctx: ViewContext; showId: string; title: string }): JSX.Element {
  const href = ctx.paths.show(showId);
  return <ButtonLink ctx={ctx} kind="quiet" icon="tv" href={href} label="Open show" name={`Open show: ${title}`} />;
}

export function ShowMenu({ ctx, menu }: { ctx: ViewContext; menu: ShowMenuModel }): JSX.Element {
  const scope = `menu-${menu.showId}`;
  const onChange = { "data-submit-on-change": "" };
  return (
    <>
      <OpenShow ctx={ctx} showId={menu.showId} title={menu.title} />
      <MarkNext ctx={ctx} menu={menu} />
      <ActionForm
        action={ctx.paths.showCard(menu.showId)}
        class="show-menu-form"
        live={{ swap: "none", disable: undefined }}
      >
        <Select
          ctx={ctx}
          label="List"
          name="list"
          scope={scope}
          options={menu.lists}
          value={menu.list}
          attributes={onChange}
        />
        <Select
          ctx={ctx}
          label="Rating"
          name="rating"
          scope={scope}
          options={menu.ratings}
          value={menu.rating}
          attributes={onChange}
        />
      </ActionForm>
    </>
  );
}

function MarkNext({ ctx, menu: { showId, title, next } }: { ctx: ViewContext; menu: ShowMenuModel }): JSX.Element {
  if (next === null) return "";
  const code = episodeCode(next.seasonNumber, next.number);
  return (
    <ActionForm
      action={ctx.paths.episodeWatched(next.id)}
      method="put"
      live={{ target: target("show-card", showId), swap: "outerMorph" }}
    >
      <Button
        ctx={ctx}
        kind="quiet"
        icon="check"
        label={`Mark ${code} watched`}
        name={`Mark ${code} watched: ${title}`}
      />
    </ActionForm>
  );
}
