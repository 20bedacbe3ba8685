import { librariesOf, updateIntegration } from "../../db/repos/integrations.ts";
import type { EpisodeItem, Library, MediaServer } from "../../providers/contract.ts";
import { rememberLibraries } from "../integrations/libraries.ts";
import { writeOrphans } from "./orphans.ts";
import {
  attempted,
  compareCounts,
  enabledLibraries,
  type Reading,
  readEpisodes,
  readHistory,
  readShows,
  readWell,
} from "./reading.ts";
import type { Session } from "./session.ts";
import { type Held, settleUnmarks } from "./unmarks.ts";
import { leftOutSentence } from "./words.ts";
import type { Writer } from "./writer.ts";

const itemsAtOnce = 500;

export type Ended = { complete: boolean; held: Held | null };

/** Reads everything: the whole history, all shows, all episodes. Only this can find what has been unmarked. */
export async function runFull(session: Session): Promise<Ended> {
  const { db, integrationId, journal } = session;
  const from = await session.contact.first(async (server) => {
    const { name, version } = await session.contact.identify(server);
    updateIntegration(db, integrationId, { serverName: name, serverVersion: version });
    journal.phase("libraries");
    const libraries = await server.libraries(session.signal);
    for (const title of rememberLibraries(db, integrationId, libraries, session.preferences.newLibraries)) {
      journal.note(`"${title}" is new on the server and not read. Switch it on in the settings if you want it.`);
    }
    return server;
  });
  const wholeHistory = await attempted(session, () => readHistory(session, from));
  const pages = session.writer(wholeHistory);
  const wanted = enabledLibraries(session);
  if (wanted.length === 0) {
    session.hasRead();
    journal.note("No TV library is switched on for this server.");
  }
  const readable = await readLibraries(session, from, wanted, pages);
  journal.phase("finishing");
  const unread = new Set(
    librariesOf(db, integrationId)
      .filter(({ key }) => !readable.has(key))
      .map(({ key }) => key),
  );
  await session.commit(() => writeOrphans(session, pages, unread));
  const held = settleUnmarks(session, pages.unmarks, readable, pages.shortLived);
  for (const library of wanted) if (readable.has(library.key)) await compareCounts(session, from, library);
  const leftOut = leftOutSentence(journal.leftOutCounts());
  if (leftOut !== null) journal.note(leftOut);
  return { complete: wholeHistory && readable.size === wanted.length, held };
}

/** The keys of those that were read to their end. */
async function readLibraries(
  session: Session,
  from: MediaServer,
  wanted: readonly Library[],
  pages: Writer,
): Promise<Set<string>> {
  const listed: Library[] = [];
  for (const library of wanted) {
    // All shows first: then it is known which of them lie in several libraries.
    if (await attempted(session, () => readShows(session, from, library))) listed.push(library);
  }
  const readable = new Set<string>();
  const copies: EpisodeItem[] = [];
  for (const library of listed) {
    const read = (): Promise<Reading> =>
      readEpisodes(session, from, library, (items) => {
        copies.push(...items.filter((item) => session.shows.hasCopies(item)));
        return session.commit(() => pages.writePage(items.filter((item) => !session.shows.hasCopies(item))));
      });
    if (await readWell(session, library, read)) readable.add(library.key);
  }
  await writeCopies(session, pages, copies);
  return readable;
}

/** All copies of an episode speak at once, so that the outcome does not depend on which library was read first. */
async function writeCopies(session: Session, pages: Writer, items: readonly EpisodeItem[]): Promise<void> {
  const groups = new Map<number, EpisodeItem[]>();
  for (const item of items) {
    const showId = session.shows.of(item)?.showId ?? 0;
    const group = groups.get(showId);
    if (group === undefined) groups.set(showId, [item]);
    else group.push(item);
  }
  let page: EpisodeItem[] = [];
  for (const group of groups.values()) {
    page.push(...group);
    if (page.length < itemsAtOnce) continue;
    const full = page;
    page = [];
    await session.commit(() => pages.writePage(full));
  }
  if (page.length > 0) await session.commit(() => pages.writePage(page));
}
