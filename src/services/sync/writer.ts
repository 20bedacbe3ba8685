import { ensureSeason, insertEpisode, updateEpisode } from "../../db/repos/episodes.ts";
import { type ItemLink, linksOfItems, saveLink } from "../../db/repos/item-links.ts";
import { ensureEntry } from "../../db/repos/library.ts";
import { CLOCK_SKEW_MS } from "../../domain/instant.ts";
import { isPart, wholeItemId } from "../../domain/item-part.ts";
import type { HistoryRow, ViewState } from "../../domain/plays.ts";
import type { EpisodeItem } from "../../providers/contract.ts";
import type { LocalEpisode } from "./episode-index.ts";
import {
  hasSameNumbers,
  isLeftOut,
  isSameView,
  leftOut,
  stateOf,
  understood,
  unsettled,
  wasBegunAnew,
} from "./item-state.ts";
import { createPlayWriter, type Pending, type PlayWriterOptions, type SeenView, viewOf } from "./play-writer.ts";
import type { RunShow } from "./run-show.ts";
import { localOf, type ShowResolver, seasonOf } from "./shows.ts";
import type { LeftOutWhy } from "./sieve.ts";

export type WriterOptions = PlayWriterOptions & {
  /** All rows of the account are in the history index; with some of them only, nothing counts as unchanged. */
  wholeHistory: boolean;
  addShows: "watched" | "all";
  shows: ShowResolver;
};

export type Writer = ReturnType<typeof createWriter>;

/** An episode seen unwatched that was watched when last seen, which was at `watchedUntil` or later. */
export type Unmark = { link: ItemLink; episodeId: number; show: RunShow; watchedUntil: number };

/** How many more episodes each file holds, by the server's own id of it. Nearly all hold one. */
function furtherParts(items: readonly EpisodeItem[]): Map<string, number> {
  const further = new Map<string, number>();
  for (const { itemId } of items) {
    if (!isPart(itemId)) continue;
    const file = wholeItemId(itemId);
    further.set(file, (further.get(file) ?? 0) + 1);
  }
  return further;
}

const minutes = (durationMs: number | null) => (durationMs === null ? null : Math.round(durationMs / 60_000));

/** Writes pages of items: episodes, plays and links, all of a page in the caller's transaction. */
export function createWriter(options: WriterOptions) {
  const { db, syncId, integrationId, userId, now, shows, history, sieve, journal } = options;
  const writePlays = createPlayWriter({ ...options, enter });
  const datesBeginning = options.datesBeginning(options.provider);
  const seasons = new Set<string>();
  const unmarks: Unmark[] = [];
  const shortLived: Unmark[] = [];
  const newlyWatched = new Set<number>();
  const withoutNumber = new Set<number>();

  function season(showId: number, number: number): void {
    const key = `${showId}/${number}`;
    if (seasons.has(key)) return;
    seasons.add(key);
    ensureSeason(db, showId, number);
  }

  function createEpisode(show: RunShow, wanted: LocalEpisode, durationMs: number | null): LocalEpisode {
    season(show.showId, wanted.season);
    const id = insertEpisode(db, {
      showId: show.showId,
      season: wanted.season,
      number: wanted.number,
      title: wanted.title,
      airedAt: wanted.airedAt,
      runtimeMin: minutes(durationMs),
      onServer: true,
      ids: wanted.ids,
      plex: wanted.guid,
    });
    const created = { ...wanted, id, runtimeMin: minutes(durationMs) };
    shows.episodesOf(show).add(created);
    return created;
  }

  /** What the server knows and we do not: nothing that is there is overwritten. */
  function completeEpisode(found: LocalEpisode, wanted: LocalEpisode): void {
    const ids = found.inCatalogue ? {} : wanted.ids;
    const missing = {
      ...(found.onServer ? {} : { onServer: true }),
      ...(found.guid === null && wanted.guid !== null ? { plex: wanted.guid } : {}),
      ...(found.title === null && wanted.title !== null ? { title: wanted.title } : {}),
      ...(found.airedAt === null && wanted.airedAt !== null ? { airedAt: wanted.airedAt } : {}),
      ...(found.ids.tvdb === undefined && ids.tvdb !== undefined ? { tvdb: ids.tvdb } : {}),
      ...(found.ids.tmdb === undefined && ids.tmdb !== undefined ? { tmdb: ids.tmdb } : {}),
      ...(found.ids.imdb === undefined && ids.imdb !== undefined ? { imdb: ids.imdb } : {}),
    };
    if (Object.keys(missing).length === 0) return;
    updateEpisode(db, found.id, missing);
    found.onServer = true;
    found.guid ??= wanted.guid;
    found.title ??= wanted.title;
    found.airedAt ??= wanted.airedAt;
  }

  function episodeOf(
    show: RunShow,
    wanted: LocalEpisode,
    durationMs: number | null,
  ): { episode: LocalEpisode; isNew: boolean } {
    const found = shows.episodesOf(show).find(wanted);
    if (found === undefined) return { episode: createEpisode(show, wanted, durationMs), isNew: true };
    completeEpisode(found, wanted);
    return { episode: found, isNew: false };
  }

  /** An item that was placed before stays there while its numbers stay: the catalogue may number it otherwise by now. */
  function linkedEpisode(show: RunShow, item: EpisodeItem, link: ItemLink | undefined) {
    if (link?.episodeId == null || link.serverShow !== show.identity) return undefined;
    if (!hasSameNumbers(link.state, item)) return undefined;
    const episode = shows.episodesOf(show).byEpisodeId(link.episodeId);
    return episode === undefined ? undefined : { episode, isNew: false };
  }

  function showOf(item: EpisodeItem): RunShow | null {
    const known = shows.of(item);
    if (known !== undefined) return known;
    if (item.showTitle !== null) return shows.fromTitle(item.showTitle);
    if (item.viewCount > 0) {
      const episode = item.title ?? `item ${item.itemId}`;
      journal.remark(
        "show-match",
        { episode },
        `"${episode}" belongs to no show on the server; its mark could not be placed.`,
      );
    }
    return null;
  }

  /** Said once, when the mark is first met: there is nothing wrong with it. */
  function numberless(show: RunShow, episode: LocalEpisode): void {
    if (withoutNumber.has(episode.id)) return;
    withoutNumber.add(episode.id);
    const name = episode.title ?? "An episode";
    const message = `"${name}" has no episode number; its mark is kept under the show.`;
    const hint =
      "Nothing is lost. To see it in its place, give the file a number on the server, such as S01E05, and sync again.";
    journal.remark("show-match", { show: show.title, episode: name }, message, { show, hint });
  }

  /** True when nothing about the item can have led to another play than at its last reading. */
  function isUnchanged(
    item: EpisodeItem,
    rows: number,
    link: ItemLink | undefined,
    show: RunShow,
  ): link is ItemLink & { episodeId: number } {
    if (link === undefined || link.episodeId === null || link.serverShow !== show.identity) return false;
    if (link.libraryKey !== item.libraryKey) return false;
    if (options.wholeHistory) return link.state === stateOf(item, rows);
    return rows === 0 && isSameView(link.state, item);
  }

  function linkOf(item: EpisodeItem, show: RunShow, episodeId: number, rows: readonly HistoryRow[]): ItemLink {
    const state = stateOf(item, options.wholeHistory ? rows.length : null);
    // A time that cannot be believed today may be so tomorrow: the clock, here or there, was wrong.
    const isSettled = [item.lastViewedAt, ...rows.map(({ at }) => at)].every(
      (at) => at === null || at <= now + CLOCK_SKEW_MS,
    );
    return {
      itemId: item.itemId,
      libraryKey: item.libraryKey,
      serverShow: show.identity,
      episodeId,
      viewCount: item.viewCount,
      lastViewedAt: item.lastViewedAt,
      state: isSettled ? state : unsettled(state),
      seenAt: now,
    };
  }

  /** Remembered as seen, so that the server's counts still tell whether anything has changed. */
  function leaveOut(item: EpisodeItem, show: RunShow, link: ItemLink | undefined, why: LeftOutWhy): void {
    // Of what was read before there is nothing to miss.
    if (item.viewCount > 0 && link?.episodeId == null) {
      const { season, number, title, lastViewedAt } = item;
      journal.leftOut(show, { season: season ?? 0, number, title, watchedAt: lastViewedAt }, why);
    }
    const state = leftOut(stateOf(item, null), why === "unknown-show" ? "until-in-library" : "never");
    if (link?.state === state && link.libraryKey === item.libraryKey) return;
    const { itemId, libraryKey, viewCount, lastViewedAt } = item;
    const episodeId = link?.episodeId ?? null;
    saveLink(db, integrationId, {
      itemId,
      libraryKey,
      serverShow: show.identity,
      episodeId,
      viewCount,
      lastViewedAt,
      state,
      seenAt: now,
    });
  }

  function writePage(items: readonly EpisodeItem[]): void {
    const links = new Map(
      linksOfItems(
        db,
        integrationId,
        items.map(({ itemId }) => itemId),
      ).map((link) => [link.itemId, link]),
    );
    const pending = new Map<number, Pending>();
    const further = furtherParts(items);
    for (const shown of items) {
      const link = links.get(shown.itemId);
      const item = understood(shown, link, { datesBeginning, now });
      const rows = history.take(item.itemId);
      const show = showOf(item);
      if (show === null) continue;
      const numbering = sieve.numberingOf(item.libraryKey);
      const refused = sieve.isOpen ? null : sieve.refuses(item, seasonOf(item, numbering), show.showId);
      if (refused !== null) {
        leaveOut(item, show, link, refused);
        continue;
      }
      if (options.addShows === "all") enter(show);
      const unfinished = sieve.unfinished(item);
      const watched = item.viewCount > 0 || rows.length > 0 || unfinished !== undefined;
      if (isUnchanged(item, rows.length, link, show)) {
        if (watched) cover(show, link.episodeId);
        continue;
      }
      const { episode, isNew } =
        linkedEpisode(show, item, link) ?? episodeOf(show, localOf(item, numbering), item.durationMs);
      const fresh = linkOf(item, show, episode.id, rows);
      if (watched) cover(show, episode.id);
      if (watched && (link?.viewCount ?? 0) === 0) {
        newlyWatched.add(episode.id);
        if (episode.number === null) numberless(show, episode);
      }
      if (item.viewCount === 0 && link !== undefined && link.viewCount > 0) {
        unmarks.push({ link: fresh, episodeId: link.episodeId ?? episode.id, show, watchedUntil: link.seenAt });
        if (rows.length === 0 && unfinished === undefined) continue;
      }
      const view: ViewState = {
        viewCount: item.viewCount,
        viewOffset: item.viewOffsetMs,
        lastViewedAt: item.lastViewedAt,
      };
      const fewerAt = link !== undefined && link.viewCount < item.viewCount ? link.seenAt : undefined;
      const isFresh = fewerAt !== undefined || (link !== undefined && wasBegunAnew(link.state));
      const parts = 1 + (further.size === 0 ? 0 : (further.get(wholeItemId(item.itemId)) ?? 0));
      const seen: SeenView = { itemId: item.itemId, view, fewerAt, isFresh, parts };
      const there = pending.get(episode.id);
      if (there === undefined) {
        pending.set(episode.id, {
          show,
          episode,
          isNew,
          rows,
          views: [seen],
          unfinished,
          durationMs: item.durationMs,
          links: [fresh],
        });
      } else {
        there.rows.push(...rows);
        there.views.push(seen);
        there.unfinished ??= unfinished;
        there.links.push(fresh);
      }
    }
    const became = writePlays([...pending.values()]);
    for (const each of pending.values()) {
      const known = each.links.flatMap(({ itemId }) => links.get(itemId) ?? []);
      if (became.has(each.episode.id)) noteShortLived(each, known);
    }
    const held = new Set(unmarks.map(({ link }) => link.itemId));
    for (const { links: fresh } of pending.values()) {
      for (const link of fresh) if (!held.has(link.itemId)) saveLink(db, integrationId, link);
    }
  }

  /** The history has a viewing that no item counts any more. Of items that were never seen before nobody knows why. */
  function noteShortLived({ episode, show, views, rows, links: [link] }: Pending, known: readonly ItemLink[]): void {
    if (link === undefined || known.length === 0 || rows.length === 0 || views.some(({ view }) => view.viewCount > 0))
      return;
    const watchedUntil = Math.max(...known.map(({ seenAt }) => seenAt));
    shortLived.push({ link, episodeId: episode.id, show, watchedUntil });
  }

  function cover(show: RunShow, episodeId: number): void {
    show.seen += 1;
    journal.touch(show);
    journal.covered(show.showId, episodeId);
  }

  function enter(show: RunShow): void {
    if (show.hasEntry) return;
    show.hasEntry = true;
    if (sieve.isUnknown(show.showId)) return;
    if (ensureEntry(db, userId, show.showId, { ...sieve.entry, addedBySync: syncId, now }))
      options.changed(show.showId);
  }

  /** Rows of items that the listing did not bring, but that are known from before. */
  function writeLinked(links: readonly ItemLink[]): void {
    const pending: Pending[] = [];
    for (const link of links) {
      if (isLeftOut(link.state)) {
        history.take(link.itemId);
        continue;
      }
      const show = shows.ofIdentity(link.serverShow);
      if (show === undefined || link.episodeId === null) continue;
      const episode = shows.episodesOf(show).byEpisodeId(link.episodeId);
      if (episode === undefined) continue;
      const rows = history.take(link.itemId);
      pending.push({
        show,
        episode,
        isNew: false,
        rows,
        views: [{ itemId: link.itemId, view: viewOf(link) }],
        durationMs: null,
        links: [link],
      });
    }
    const became = writePlays(pending);
    for (const each of pending) if (became.has(each.episode.id)) noteShortLived(each, each.links);
  }

  /** Rows of one episode that no item on the server stands for. */
  function writeRows(show: RunShow, wanted: LocalEpisode, rows: HistoryRow[]): void {
    if (sieve.refuses({ durationMs: null }, wanted.season, show.showId) !== null) return;
    const { episode, isNew } = episodeOf(show, wanted, null);
    if (isNew && episode.number === null) numberless(show, episode);
    writeAt(show, episode, isNew, rows);
  }

  /** The same for an episode of ours that is known. */
  function writeRowsOf(show: RunShow, episodeId: number, rows: HistoryRow[]): void {
    const episode = shows.episodesOf(show).byEpisodeId(episodeId);
    if (episode !== undefined) writeAt(show, episode, false, rows);
  }

  function writeAt(show: RunShow, episode: LocalEpisode, isNew: boolean, rows: HistoryRow[]): void {
    cover(show, episode.id);
    writePlays([{ show, episode, isNew, rows, views: [], durationMs: null, links: [] }]);
  }

  return { writePage, writeLinked, writeRows, writeRowsOf, unmarks, shortLived, newlyWatched };
}
