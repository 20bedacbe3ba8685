import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { Icon } from "../ui/icon.tsx";
import { attr } from "../ui/text.ts";
import { Time } from "../ui/time.tsx";
import { CheckButton } from "./check-button.tsx";
import { PlayEvidence, type PlayModel } from "./play-evidence.tsx";
import { SheetLink } from "./sheet-link.tsx";

export type EpisodeRowModel = {
  id: string;
  /** null: the server gave it no number. */
  number: number | null;
  seasonNumber: number;
  title: string;
  airedAt: number | null;
  watched: boolean;
  plays: readonly PlayModel[];
};

/** "S2 E5"; specials are "Special 3"; without a number the season alone. */
export function episodeCode(seasonNumber: number, number: number | null): string {
  if (seasonNumber === 0) return number === null ? "Special" : `Special ${number}`;
  return number === null ? `S${seasonNumber}` : `S${seasonNumber} E${number}`;
}

function newest(plays: readonly PlayModel[]): number | null {
  const times = plays.flatMap((play) => (play.watchedAt === null ? [] : [play.watchedAt]));
  return times.length === 0 ? null : Math.max(...times);
}

export function EpisodeRow({ ctx, episode }: { ctx: ViewContext; episode: EpisodeRowModel }): JSX.Element {
  const code = episodeCode(episode.seasonNumber, episode.number);
  const upcoming = episode.airedAt !== null && episode.airedAt > ctx.now;
  const seenAt = newest(episode.plays);
  const row = target("episode", episode.id);
  return (
    <li id={id("episode", episode.id)} class={upcoming && !episode.watched ? "episode episode-upcoming" : "episode"}>
      <div class="episode-line">
        <CheckButton
          ctx={ctx}
          action={ctx.paths.episodeWatched(episode.id)}
          watched={episode.watched}
          subject={`${code}, ${episode.title}`}
          live={{ target: row, swap: "outerMorph" }}
        />
        <span class="episode-number numbers">
          <span class="visually-hidden" safe>
            {code}
          </span>
          <span aria-hidden="true" safe>
            {episode.number === null ? "–" : String(episode.number)}
          </span>
        </span>
        <span class="episode-title" dir="auto" title={attr(episode.title)} safe>
          {episode.title}
        </span>
        <span class="episode-date dim">
          <Time ctx={ctx} at={episode.airedAt} as={upcoming ? "relative" : "date"} unknown="Air date unknown" />
        </span>
        <SheetLink ctx={ctx} href={ctx.paths.episode(episode.id)} label={`More for ${code}, ${episode.title}`} />
      </div>
      {episode.plays.length === 0 ? (
        ""
      ) : (
        <details class="episode-plays">
          <summary>
            <span class="visually-hidden" safe>{`${code}: `}</span>
            <span class="episode-seen">
              {seenAt === null ? "" : <span>Watched </span>}
              <Time ctx={ctx} at={seenAt} />
              {episode.plays.length > 1 ? <span safe>{` · ${episode.plays.length}×`}</span> : ""}
            </span>
            <Icon ctx={ctx} name="chevron-right" class="fold-mark" />
          </summary>
          <PlayEvidence ctx={ctx} plays={episode.plays} live={{ target: row }} />
        </details>
      )}
    </li>
  );
}
