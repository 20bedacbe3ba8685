import type { ViewContext } from "../context.ts";
import { id } from "../dom.ts";
import { AirDay } from "../ui/day.tsx";
import { Poster } from "../ui/poster.tsx";
import { episodeCode } from "./episode-row.tsx";
import { MoreRow } from "./more.tsx";

export type CaughtUpRowModel = {
  showId: string;
  showTitle: string;
  posterUrl: string | null;
  /** What comes next; null: no date is known. */
  next: { seasonNumber: number; episodeNumber: number | null; airsAt: number | null; airsExact: boolean } | null;
};

export type CaughtUpModel = {
  rows: readonly CaughtUpRowModel[];
  /** Where the list goes on; null at its end. */
  moreHref: string | null;
};

type Props = { ctx: ViewContext; caughtUp: CaughtUpModel };

/** Shows with nothing left to watch, and when they go on. Its place stays, also when it is empty. */
export function CaughtUp({ ctx, caughtUp }: Props): JSX.Element {
  return (
    <section id={id("caught-up")} class="up-next-section caught-up" aria-label="Caught up">
      {caughtUp.rows.length === 0 ? "" : <h2>Caught up</h2>}
      <ul class="caught-up-list">
        <CaughtUpRows ctx={ctx} caughtUp={caughtUp} />
      </ul>
    </section>
  );
}

export function CaughtUpRows({ ctx, caughtUp }: Props): JSX.Element {
  return (
    <>
      {caughtUp.rows.map((row) => (
        <CaughtUpRow ctx={ctx} row={row} />
      ))}
      {caughtUp.moreHref === null ? "" : <MoreRow ctx={ctx} href={caughtUp.moreHref} scope="caught-up" />}
    </>
  );
}

function CaughtUpRow({ ctx, row }: { ctx: ViewContext; row: CaughtUpRowModel }): JSX.Element {
  const { next } = row;
  return (
    <li class="caught-up-row">
      <Poster title={row.showTitle} src={row.posterUrl} size="thumb" />
      <div class="caught-up-text">
        <a href={ctx.paths.show(row.showId)} dir="auto" safe>
          {row.showTitle}
        </a>
        <p class="dim">
          {next === null ? (
            <span class="fact">No date yet</span>
          ) : (
            <>
              <span class="fact">
                {"Continues "}
                <AirDay ctx={ctx} at={next.airsAt} exact={next.airsExact} as="weekday" />
              </span>
              <span class="fact numbers" safe>
                {episodeCode(next.seasonNumber, next.episodeNumber)}
              </span>
            </>
          )}
        </p>
      </div>
    </li>
  );
}
