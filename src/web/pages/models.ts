import type { ViewContext } from "../../../views/context.ts";
import type { CaughtUpRowModel } from "../../../views/parts/caught-up.tsx";
import type { EpisodeRowModel } from "../../../views/parts/episode-row.tsx";
import type { PlayModel } from "../../../views/parts/play-evidence.tsx";
import type { UpNextModel } from "../../../views/parts/up-next-card.tsx";
import type { CaughtUpItem } from "../../db/queries/caught-up.ts";
import type { UpNextItem } from "../../db/queries/up-next.ts";
import type { EpisodeRef, ShowRef } from "../../db/queries/view.ts";
import { toDate } from "../../domain/instant.ts";
import { providerLabel } from "../../domain/providers.ts";
import { localTimeIn, startOfDate } from "../../services/tracking/zoned-days.ts";

// From what the queries know to what the parts show.

export function posterOf(ctx: ViewContext, show: ShowRef): string | null {
  return show.hasPoster ? ctx.paths.poster(show.id, show.posterVersion) : null;
}

/** A known day is that day wherever the reader lives, not the evening before. */
export function airedAt(ctx: ViewContext, episode: Pick<EpisodeRef, "airedAt" | "airedExact">): number | null {
  if (episode.airedAt === null || episode.airedExact) return episode.airedAt;
  return startOfDate(toDate(episode.airedAt), ctx.timeZone) ?? episode.airedAt;
}

export function episodeTitle({ title, number }: Pick<EpisodeRef, "title" | "number">): string {
  return title ?? (number === null ? "Episode without a number" : `Episode ${number}`);
}

type Play = Pick<PlayModel, "id" | "watchedAt" | "certainty" | "syncId"> & {
  source: string;
  serverName: string | null;
  evidence: string;
  original: { watchedAt: number | null } | null;
};

export function playModel(play: Play): PlayModel {
  const { id, watchedAt, certainty, syncId, original } = play;
  const evidence = evidenceWords(play.evidence);
  return {
    id,
    watchedAt,
    certainty,
    source: sourceWords(play),
    syncId,
    byHand: play.source === "manual",
    ...(evidence === null ? {} : { evidence }),
    ...(original === null ? {} : { original: { watchedAt: original.watchedAt } }),
  };
}

export function sourceWords({ source, serverName }: Pick<Play, "source" | "serverName">): string {
  if (source === "manual") return "By hand";
  if (source === "import") return "Imported";
  const label = providerLabel(source);
  return serverName === null ? label : `${label} on ${serverName}`;
}

function evidenceWords(evidence: string): string | null {
  const [kind] = evidence.split(":", 1);
  return kind === "view" ? "its view counter" : null;
}

export function upNextModel(ctx: ViewContext, item: UpNextItem): UpNextModel {
  const { show, episode, isNew, runtimeMin, remaining } = item;
  return {
    clock: localTimeIn(ctx.now, ctx.timeZone),
    showId: show.id,
    showTitle: show.title,
    posterUrl: posterOf(ctx, show),
    episodeId: episode.id,
    seasonNumber: episode.season,
    episodeNumber: episode.number,
    episodeTitle: episodeTitle(episode),
    airedAt: airedAt(ctx, episode),
    airedExact: episode.airedExact,
    isNew,
    runtimeMin,
    remaining,
  };
}

export function caughtUpModel(ctx: ViewContext, { show, next }: CaughtUpItem): CaughtUpRowModel {
  return {
    showId: show.id,
    showTitle: show.title,
    posterUrl: posterOf(ctx, show),
    next:
      next === null
        ? null
        : {
            seasonNumber: next.season,
            episodeNumber: next.number,
            airsAt: airedAt(ctx, next),
            airsExact: next.airedExact,
          },
  };
}

type Episode = EpisodeRef & { watched: boolean; plays: readonly Play[] };

export function episodeRowModel(ctx: ViewContext, episode: Episode): EpisodeRowModel {
  return {
    id: episode.id,
    number: episode.number,
    seasonNumber: episode.season,
    title: episodeTitle(episode),
    airedAt: airedAt(ctx, episode),
    watched: episode.watched,
    plays: episode.plays.map(playModel),
  };
}
