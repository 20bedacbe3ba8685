import type { Db } from "../../db/open.ts";
import { integrationById } from "../../db/repos/integrations.ts";
import { type ItemLink, linksOfEpisodes, sharedFilesOf } from "../../db/repos/item-links.ts";
import { insertPlay, type PlayRow, playsOfEpisodes } from "../../db/repos/plays.ts";
import { hasPushed, pushedMarksOf, unansweredUnmarks } from "../../db/repos/pushes.ts";
import { changePlays } from "../../db/repos/removals.ts";
import { type SuppressionRow, suppressionsOf } from "../../db/repos/suppressions.ts";
import { type FreshView, lettingIn, rowsBeside } from "../../domain/fresh-views.ts";
import { rowsWithoutOwn, viewWithoutOwn } from "../../domain/own-marks.ts";
import { sourceWord } from "../../domain/play-edit.ts";
import { mergePlays, type StoredPlay, type Suppression } from "../../domain/play-merge.ts";
import {
  type CopyView,
  combineViews,
  type DesiredPlay,
  type HistoryRow,
  playsOf,
  playsOfCopies,
  type UnfinishedView,
  type ViewState,
} from "../../domain/plays.ts";
import { wish } from "../push/wishes.ts";
import type { LocalEpisode } from "./episode-index.ts";
import type { HistoryIndex } from "./history.ts";
import { hadOffset } from "./item-state.ts";
import type { Journal } from "./journal.ts";
import type { RunShow } from "./run-show.ts";
import type { Sieve } from "./sieve.ts";

/**
 * `fewerAt`: the item counted fewer views when it was last seen, which was then. `isFresh`: or it was not marked at that time.
 * `parts`: how many episodes of its file were read with it; left out where only what is stored can tell.
 */
export type SeenView = {
  itemId: string;
  view: ViewState;
  fewerAt?: number | undefined;
  isFresh?: boolean;
  parts?: number;
};

/** All that the server says about one episode, to be brought together with what is stored. */
export type Pending = {
  show: RunShow;
  episode: LocalEpisode;
  isNew: boolean;
  rows: HistoryRow[];
  views: SeenView[];
  /** A playback that was broken off and that the user wants counted. */
  unfinished?: UnfinishedView | undefined;
  durationMs: number | null;
  links: ItemLink[];
};

type Seen = Omit<Pending, "views"> & { views: CopyView[]; fresh: FreshView[]; parts: number | undefined };

export type PlayWriterOptions = {
  db: Db;
  syncId: number;
  integrationId: number;
  userId: number;
  provider: string;
  /** The server has rows to tell its plays by; without them there is what each copy of an episode shows. */
  keepsHistory: boolean;
  /** Whether what comes from this source is dated by its beginning. */
  datesBeginning: (source: string) => boolean;
  /** Fixed for the whole run, so that one run decides alike from its first page to its last. */
  now: number;
  history: HistoryIndex;
  sieve: Sieve;
  journal: Journal;
  /** A play of this show has another time, or the show is new in the library. */
  changed: (showId: number) => void;
};

/** From rows and view states of episodes to plays in the database. */
export function createPlayWriter(options: PlayWriterOptions & { enter: (show: RunShow) => void }) {
  const { db, syncId, integrationId, userId, provider, now, history, sieve, journal, enter } = options;
  const datesBeginning = options.datesBeginning(provider);

  /** Other copies of these episodes on the same server speak too. */
  function addCopies(pending: readonly Pending[]): void {
    const older = new Map(pending.filter(({ isNew }) => !isNew).map((each) => [each.episode.id, each]));
    if (older.size === 0) return;
    for (const link of linksOfEpisodes(db, integrationId, [...older.keys()])) {
      const each = link.episodeId === null ? undefined : older.get(link.episodeId);
      if (each === undefined || each.links.some(({ itemId }) => itemId === link.itemId)) continue;
      each.views.push({ itemId: link.itemId, view: viewOf(link) });
      each.rows.push(...history.peek(link.itemId));
    }
  }

  /** What we have set on this server ourselves, the tracker had before. */
  function withoutOwnMarks(pending: readonly Pending[]): Seen[] {
    const ids = pending.filter(({ isNew }) => !isNew).map(({ episode }) => episode.id);
    const marks =
      ids.length > 0 && hasPushed(db, userId) ? pushedMarksOf(db, { userId, integrationId, episodeIds: ids }) : null;
    if (marks === null) return pending.map((each) => ({ ...each, ...spoken(each.views) }));
    const standing = Map.groupBy(marks.standing, ({ episodeId }) => episodeId);
    const all = Map.groupBy(marks.all, ({ episodeId }) => episodeId);
    return pending.map((each) => {
      const ours = standing.get(each.episode.id) ?? [];
      const views = each.views.map((seen) => {
        const own = ours.find((mark) => mark.integrationId === integrationId && mark.itemId === seen.itemId);
        return { ...seen, view: viewWithoutOwn(seen.view, own, ours) };
      });
      return { ...each, ...spoken(views), rows: rowsWithoutOwn(each.rows, all.get(each.episode.id) ?? []) };
    });
  }

  /** Returns the episodes that have become watched. */
  function writePlays(pending: readonly Pending[]): Set<number> {
    addCopies(pending);
    const watched = withoutOwnMarks(pending).filter(
      ({ show, rows, views, unfinished }) =>
        (rows.length > 0 || unfinished !== undefined || views.some(({ viewCount }) => viewCount > 0)) &&
        !sieve.isUnknown(show.showId),
    );
    const became: number[] = [];
    const older = watched.filter(({ isNew }) => !isNew).map(({ episode }) => episode.id);
    const partsOn = sharedFiles(older);
    const existing = grouped(older.length === 0 ? [] : playsOfEpisodes(db, userId, older), (play) =>
      storedPlay(play, partsOn),
    );
    const removed = suppressionsFor(older, partsOn);
    for (const { show, episode, rows, views, fresh, parts, unfinished, durationMs: known } of watched) {
      const durationMs = known ?? (episode.runtimeMin === null ? null : episode.runtimeMin * 60_000);
      const stored = existing.get(episode.id) ?? [];
      const suppressed = lettingIn(removed.get(episode.id) ?? [], fresh, rows);
      const desired = desiredOf({ rows: rowsBeside(rows, suppressed), views, unfinished, durationMs });
      // Of a file of several not all may have been asked for.
      const fileParts = datesBeginning && parts !== 1 ? Math.max(parts ?? 1, partsOn(integrationId, episode.id)) : 1;
      const merge = mergePlays(stored, desired, { integrationId, durationMs, datesBeginning, fileParts, suppressed });
      // First: a play that is added may take over the evidence that a changed one gives up.
      changePlays(db, syncId, merge.update);
      const { wanted, unwanted } = sieve.choose(merge.add, stored.length);
      for (const { play, why } of unwanted) journal.leftOut(show, { ...episode, watchedAt: play.watchedAt }, why);
      for (const { watchedAt, certainty, evidence } of wanted) {
        insertPlay(db, {
          userId,
          episodeId: episode.id,
          watchedAt,
          certainty,
          source: provider,
          integrationId,
          evidence,
          syncLogId: syncId,
          createdAt: now,
        });
      }
      if (wanted.length > 0 || stored.length > 0) enter(show);
      if (wanted.length > 0) journal.added(show, wanted.length);
      if (wanted.length > 0 && stored.length === 0) became.push(episode.id);
      if (merge.update.length > 0) {
        journal.touch(show);
        options.changed(show.showId);
      }
    }
    wish(db, { userId, episodeIds: became, origin: integrationId, now });
    // An unmark that is to be sent again would take this viewing; whether it has done so already is looked at there.
    const unmarked = became.length === 0 ? [] : unansweredUnmarks(db, integrationId, became);
    wish(db, { userId, episodeIds: unmarked, origin: null, only: integrationId, now });
    return new Set(became);
  }

  /** A sync knows a play by what its source said, not by what the user has made of it. */
  function storedPlay(play: PlayRow, partsOn: PartsOn): StoredPlay {
    const known = options.datesBeginning(play.source) ? withBeginning(play, partsOn) : play;
    return play.editedFrom === null ? known : { ...known, ...sourceWord(play), correctedTo: play.watchedAt };
  }

  function withBeginning(play: PlayRow, partsOn: PartsOn): StoredPlay {
    const { integrationId: server, episodeId } = play;
    return { ...play, datesBeginning: true, fileParts: server === null ? 1 : partsOn(server, episodeId) };
  }

  /** Asked only where a beginning may be that of a file of several episodes. */
  function sharedFiles(episodeIds: readonly number[]): PartsOn {
    let known: Map<string, number> | null = null;
    const look = () =>
      new Map(sharedFilesOf(db, episodeIds).map((file) => [`${file.integrationId} ${file.episodeId}`, file.parts]));
    return (server, episodeId) => {
      known ??= look();
      return known.get(`${server} ${episodeId}`) ?? 1;
    };
  }

  type Told = Pick<Seen, "views" | "unfinished" | "durationMs"> & { rows: readonly HistoryRow[] };

  function desiredOf({ rows, views, unfinished, durationMs }: Told): DesiredPlay[] {
    return options.keepsHistory
      ? playsOf({ rows, view: allViews(views), unfinished, durationMs, now })
      : playsOfCopies({ copies: views, unfinished, now });
  }

  function suppressionsFor(episodeIds: readonly number[], partsOn: PartsOn): Map<number, Suppression[]> {
    const found = new Map<number, Suppression[]>();
    if (episodeIds.length === 0) return found;
    for (const row of suppressionsOf(db, userId, episodeIds)) {
      const suppression = suppressionOf(row, partsOn);
      if (suppression === null) continue;
      const all = found.get(row.episodeId) ?? [];
      all.push(suppression);
      found.set(row.episodeId, all);
    }
    return found;
  }

  /** One viewing that the user has taken out is out on every server that has seen it; null for what is another's affair. */
  function suppressionOf(
    { integrationId: theirs, episodeId, evidence, watchedAt, until, reason }: SuppressionRow,
    partsOn: PartsOn,
  ): Suppression | null {
    const dating = (server: number, isBeginning: boolean) =>
      isBeginning ? { datesBeginning: true, fileParts: partsOn(server, episodeId) } : {};
    if (theirs === null) return { evidence: evidence ?? undefined, watchedAt, until };
    if (theirs === integrationId)
      return { evidence: evidence ?? undefined, watchedAt, until, ...dating(theirs, datesBeginning) };
    if (evidence === null || watchedAt === null || reason !== "user") return null;
    const source = integrationById(db, theirs)?.provider ?? "";
    // Equal evidence on another server is another viewing: only the time counts.
    return { evidence: `${theirs}/${evidence}`, watchedAt, until, ...dating(theirs, options.datesBeginning(source)) };
  }

  return writePlays;
}

export const viewOf = (link: ItemLink): ViewState => ({
  viewCount: link.viewCount,
  viewOffset: hadOffset(link.state) ? 1 : 0,
  lastViewedAt: link.lastViewedAt,
});

/** How many episodes the file holds that a server has this one in. */
type PartsOn = (integrationId: number, episodeId: number) => number;

/** Undefined when one of the copies does not say. */
function partsIn(views: readonly SeenView[]): number | undefined {
  const known = views.flatMap(({ parts }) => parts ?? []);
  return known.length === views.length ? Math.max(1, ...known) : undefined;
}

const spoken = (views: readonly SeenView[]): Pick<Seen, "views" | "fresh" | "parts"> => ({
  parts: partsIn(views),
  views: views.map(({ view, isFresh }) => (isFresh ? { ...view, isFresh } : view)),
  fresh: views.flatMap(({ view, fewerAt }) => (fewerAt === undefined ? [] : [{ view, fewerAt }])),
});

/** The counters of all copies together: a mark on a second copy is one more, however often the first was seen. */
function allViews(views: readonly ViewState[]): ViewState | null {
  const combined = combineViews(views);
  return combined === null
    ? null
    : { ...combined, viewCount: views.reduce((sum, { viewCount }) => sum + viewCount, 0) };
}

function grouped(plays: readonly PlayRow[], storedPlay: (play: PlayRow) => StoredPlay): Map<number, StoredPlay[]> {
  const groups = new Map<number, StoredPlay[]>();
  for (const play of plays) {
    const group = groups.get(play.episodeId);
    if (group === undefined) groups.set(play.episodeId, [storedPlay(play)]);
    else group.push(storedPlay(play));
  }
  return groups;
}
