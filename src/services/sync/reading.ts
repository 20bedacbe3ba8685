import { librariesOf, updateIntegration, updateLibrary } from "../../db/repos/integrations.ts";
import { keepInLibrary, watchedLinks } from "../../db/repos/item-links.ts";
import { hasCode, throwIfAborted } from "../../kernel/errors.ts";
import type { EpisodeItem, Library, MediaServer, ShowItem } from "../../providers/contract.ts";
import type { Session } from "./session.ts";

export type Reading = { complete: boolean };

/** The user's TV libraries, as far as they are switched on. */
export function enabledLibraries({ db, integrationId }: Session): Library[] {
  return librariesOf(db, integrationId)
    .filter(({ type, enabled }) => type === "show" && enabled)
    .map(({ key, title }) => ({ key, title, type: "show" as const }));
}

/** Fills the history index. False when the server keeps its history to itself: it has none for us, and the log says so. */
export async function readHistory(session: Session, from: MediaServer, since?: number): Promise<boolean> {
  const { journal, row, signal, history } = session;
  if (!session.keepsHistory) return true;
  journal.phase("history");
  try {
    for await (const page of from.history(since === undefined ? {} : { since }, signal)) {
      for (const item of page.items) history.add(item);
      journal.progress.done += page.received;
      journal.progress.total = page.total ?? journal.progress.done;
      session.onProgress(journal.progress);
      session.tidy();
      throwIfAborted(signal);
    }
    session.hasRead();
    if (row.historyNote !== null) updateIntegration(session.db, row.id, { historyNote: null });
    return true;
  } catch (error) {
    if (!hasCode(error, "unsupported")) throw error;
    const note = `${row.serverName} does not show its play history to ${row.accountName}; dates come from the library itself.`;
    journal.note(note);
    updateIntegration(session.db, row.id, { historyNote: note });
    return false;
  }
}

/** Does a part of the run that the rest can do without. False when it failed, which the log then says. */
export async function attempted(session: Session, part: () => Promise<unknown>): Promise<boolean> {
  try {
    await part();
    return true;
  } catch (error) {
    if (!isServers(error)) throw error;
    session.failed(error);
    return false;
  }
}

/** What may be one library's own affair. A server that asks for a pause means all of it; our own failures end the run too. */
function isServers(error: unknown): boolean {
  return hasCode(error, "unreachable", "auth-expired", "bad-answer", "unsupported", "not-found");
}

export async function readShows(session: Session, from: MediaServer, library: Library): Promise<void> {
  const { journal } = session;
  journal.phase("shows");
  for await (const page of from.shows(library, session.signal)) {
    session.hasRead();
    await session.commit(() => resolveAll(session, page.items));
    journal.progress.done += page.received;
    journal.progress.total = page.total ?? journal.progress.done;
  }
}

function resolveAll(session: Session, items: readonly ShowItem[]): void {
  for (const item of items) session.met(session.shows.resolve(item).showId);
}

/** Episodes may be of shows that were never listed to us: added since the last full run. */
export async function introduce(session: Session, from: MediaServer, items: readonly EpisodeItem[]): Promise<void> {
  const { shows } = session;
  const unknown = items.flatMap(({ showItemId }) =>
    showItemId === null || shows.isKnown(showItemId) ? [] : [showItemId],
  );
  if (unknown.length === 0) return;
  const found = await from.showsById([...new Set(unknown)], session.signal);
  await session.commit(() => resolveAll(session, found));
}

type Take = (items: readonly EpisodeItem[]) => Promise<void>;

export async function readEpisodes(
  session: Session,
  from: MediaServer,
  library: Library,
  take: Take,
  viewedSince?: number,
): Promise<Reading> {
  const { journal } = session;
  journal.phase("episodes");
  const listing = from.episodes(library, viewedSince === undefined ? {} : { viewedSince }, session.signal);
  const seen = new Set<string>();
  for (;;) {
    const { done, value } = await listing.next();
    if (done) {
      if (value.complete && viewedSince === undefined)
        keepInLibrary(session.db, session.integrationId, library.key, seen);
      return value;
    }
    session.hasRead();
    for (const { itemId } of value.items) seen.add(itemId);
    await take(value.items);
    journal.progress.done += value.received;
    journal.progress.total = Math.max(value.total ?? 0, journal.progress.done);
  }
}

/** The server's count of watched episodes; null when it does not say. Only a shortcut: without it nothing is missed. */
export async function watchedCount(
  { deps, signal, integrationId }: Session,
  from: MediaServer,
  library: Library,
): Promise<number | null> {
  try {
    return await from.watchedCount(library, signal);
  } catch (error) {
    if (!isServers(error)) throw error;
    deps.log.warn("sync.count", { integration: integrationId, library: library.key, reason: error });
    return null;
  }
}

/** Compares the server's own count of a library that has been read to its end with ours, for quick runs to rely on. */
export async function compareCounts(session: Session, from: MediaServer, library: Library): Promise<void> {
  const { db, integrationId } = session;
  const count = await watchedCount(session, from, library);
  const countReliable = count === watchedLinks(db, integrationId, library.key);
  updateLibrary(db, integrationId, library.key, { watchedCount: count, countReliable });
}

/** True when the library was read to its end while nothing moved in it. One that fails leaves the others as they are. */
export async function readWell(session: Session, library: Library, read: () => Promise<Reading>): Promise<boolean> {
  let complete = false;
  await attempted(session, async () => {
    ({ complete } = await read());
    if (!complete)
      session.journal.note(`"${library.title}" changed while it was read; nothing is taken as removed from it.`);
  });
  return complete;
}
