import { librariesOf } from "../../db/repos/integrations.ts";
import { coveredBy, coveredIn, linksOfItems, watchedLinks } from "../../db/repos/item-links.ts";
import { latestCovered } from "../../db/repos/sync-logs.ts";
import { DAY_MS } from "../../domain/instant.ts";
import type { Library, MediaServer } from "../../providers/contract.ts";
import { isTwoWay } from "../push/wishes.ts";
import { mayHaveMoved } from "./contact.ts";
import type { Ended } from "./full.ts";
import { writeOrphans } from "./orphans.ts";
import {
  attempted,
  compareCounts,
  enabledLibraries,
  introduce,
  type Reading,
  readEpisodes,
  readHistory,
  readShows,
  readWell,
  watchedCount,
} from "./reading.ts";
import type { Session } from "./session.ts";
import { settleUnmarks } from "./unmarks.ts";
import type { Unmark, Writer } from "./writer.ts";

/** History rows of offline devices arrive late; this much is read again. */
const historyOverlapMs = 7 * DAY_MS;
/** Views are dated by the server's clock, and some arrive from other servers. */
const viewOverlapMs = DAY_MS;
const mostIdsAtOnce = 100;

/** Reads what is new since the last run, and a library as a whole only when its count of watched episodes says so. */
export async function runIncremental(session: Session): Promise<Ended> {
  const { row, db, integrationId, journal } = session;
  const watermark = row.watermarkAt ?? 0;
  const { from, historyRead } = await firstContact(session, watermark);
  const pages = session.writer(false);
  const whole = session.writer(false);
  const wanted = enabledLibraries(session);
  const readable = new Set<string>();
  const readWhole = new Set<string>();
  for (const library of wanted) {
    const good = await readWell(session, library, async () => {
      const recent = await readRecent(session, from, library, pages, watermark);
      if (!(await hasUndatedChange(session, from, library))) return recent;
      const reading = await readAgain(session, from, library, whole);
      if (reading.complete) readWhole.add(library.key);
      return reading;
    });
    if (good) readable.add(library.key);
  }
  const unread = new Set(
    librariesOf(db, integrationId)
      .filter(({ key }) => !readable.has(key))
      .map(({ key }) => key),
  );
  const placed = await attempted(session, () => writeNewRows(session, from, pages, unread));
  const shortLived = await stillUnmarked(session, from, [...pages.shortLived, ...whole.shortLived]);
  const held = settleUnmarks(session, [...pages.unmarks, ...whole.unmarks], readWhole, shortLived);
  for (const library of wanted) if (readWhole.has(library.key)) await compareCounts(session, from, library);
  const grew = journal.counts().added + pages.newlyWatched.size + whole.newlyWatched.size > 0;
  const isWhole = readable.size === wanted.length;
  const { userId } = session;
  journal.carryOver(
    isWhole
      ? ((grew ? null : latestCovered(db, integrationId)) ?? coveredBy(db, userId, integrationId))
      : coveredIn(db, userId, integrationId, [...readable]),
  );
  return { complete: historyRead && placed && isWhole, held };
}

/** Seen by what was known of the items; whether they really are unwatched only they themselves can tell. */
async function stillUnmarked(session: Session, from: MediaServer, shortLived: readonly Unmark[]): Promise<Unmark[]> {
  if (shortLived.length === 0 || session.row.unmarks !== "follow" || !isTwoWay(session.row)) return [];
  const ids = shortLived.map(({ link }) => link.itemId).slice(0, mostIdsAtOnce);
  const seen = await from.episodesById(ids, session.signal);
  const unwatched = new Set(
    seen.flatMap(({ itemId, viewCount, begunAnew }) => (viewCount === 0 && !begunAnew ? [itemId] : [])),
  );
  return shortLived.filter(({ link }) => unwatched.has(link.itemId));
}

/** The history is the first thing asked for, so it also shows whether the server is where it was. */
async function firstContact(session: Session, watermark: number): Promise<{ from: MediaServer; historyRead: boolean }> {
  const since = watermark - historyOverlapMs;
  let tries = 0;
  return session.contact.first(async (from) => {
    tries += 1;
    if (!session.contact.isKnown()) await session.contact.identify(from);
    const reading = readHistory(session, from, since);
    // A refusal may mean the whole sign-in, which the server's first page tells.
    const checked = reading.then((isOpen) => (isOpen ? undefined : session.contact.identify(from)));
    // A first failure leads to a search for the server; after that it is the history's own trouble.
    const failure =
      tries > 1
        ? null
        : await checked.then(
            () => null,
            (error: unknown) => error,
          );
    if (mayHaveMoved(failure)) throw failure;
    return { from, historyRead: await attempted(session, () => checked) };
  });
}

function readRecent(
  session: Session,
  from: MediaServer,
  library: Library,
  pages: Writer,
  watermark: number,
): Promise<Reading> {
  const take = async (items: Parameters<Writer["writePage"]>[0]) => {
    await introduce(session, from, items);
    await session.commit(() => pages.writePage(items));
  };
  return readEpisodes(session, from, library, take, watermark - viewOverlapMs);
}

/** An unmark, a mark without a time, a library moved here: nothing that a list of recent views shows. */
async function hasUndatedChange(session: Session, from: MediaServer, library: Library): Promise<boolean> {
  const { db, integrationId } = session;
  const known = librariesOf(db, integrationId).find(({ key }) => key === library.key);
  if (!known?.countReliable) return false;
  const count = await watchedCount(session, from, library);
  return count !== null && count !== watchedLinks(db, integrationId, library.key);
}

async function readAgain(session: Session, from: MediaServer, library: Library, pages: Writer): Promise<Reading> {
  await readShows(session, from, library);
  return readEpisodes(session, from, library, (items) => session.commit(() => pages.writePage(items)));
}

/** History rows of items that the listing did not bring: old views that arrived late, or items that are gone. */
async function writeNewRows(
  session: Session,
  from: MediaServer,
  pages: Writer,
  unread: ReadonlySet<string>,
): Promise<void> {
  const { db, integrationId, history } = session;
  const unseen = history.unseenItems();
  const links = linksOfItems(db, integrationId, unseen);
  const linked = new Set(links.map(({ itemId }) => itemId));
  if (links.length > 0) {
    await session.commit(() => pages.writeLinked(links.filter(({ libraryKey }) => !unread.has(libraryKey))));
  }
  const strangers = unseen.filter((itemId) => !linked.has(itemId));
  for (let at = 0; at < strangers.length; at += mostIdsAtOnce) {
    const found = await from.episodesById(strangers.slice(at, at + mostIdsAtOnce), session.signal);
    const items = found.filter(({ libraryKey }) => !unread.has(libraryKey));
    await introduce(session, from, items);
    await session.commit(() => pages.writePage(items));
  }
  await session.commit(() => writeOrphans(session, pages, unread));
}
