import { librariesOf, updateIntegration } from "../../db/repos/integrations.ts";
import { removedByNews } from "../../db/repos/sync-logs.ts";
import { GUARD_MARKS } from "../../domain/guard.ts";
import { DAY_MS, HOUR_MS } from "../../domain/instant.ts";
import { AppError } from "../../kernel/errors.ts";
import type { EpisodeItem, MediaServer } from "../../providers/contract.ts";
import { introduce, readHistory } from "./reading.ts";
import type { RunOptions } from "./run-options.ts";
import { createSession, type Session } from "./session.ts";
import type { RereadItem } from "./types.ts";
import { type Held, settleUnmarks } from "./unmarks.ts";
import type { Writer } from "./writer.ts";

/** Rows of the history are written a moment before or after the news of them; older ones come with the next sync. */
const historyMs = DAY_MS;

export type RereadOutcome = {
  items: RereadItem[];
  /** Something was stored that a log has to answer for. */
  changed: boolean;
  held: Held | null;
  requests: number;
};

type Wanted = { itemIds: readonly string[]; leftEarly: boolean };

/**
 * Reads single items again and stores what has changed: news of a server is only a hint. One that the server does not
 * show, or whose library is switched off, is left alone. Throws what the server's refusal means.
 */
export async function executeReread(options: RunOptions, { itemIds, leftEarly }: Wanted): Promise<RereadOutcome> {
  const session = createSession(options);
  try {
    return await rereadItems(session, { itemIds, leftEarly });
  } catch (error) {
    if (!session.contact.isDoubted(error)) throw error;
    // A server's word alone does not end a sign-in.
    throw new AppError("unreachable", error.message, { cause: error, hint: session.contact.doubtHint });
  }
}

async function rereadItems(session: Session, { itemIds, leftEarly }: Wanted): Promise<RereadOutcome> {
  const pages = session.writer(false);
  const { from, found } = await session.contact.first(async (server) => {
    if (!session.contact.isKnown()) await session.contact.identify(server);
    return { from: server, found: await recent(session, server, itemIds) };
  });
  const wanted = new Set(
    librariesOf(session.db, session.integrationId)
      .filter(({ type, enabled }) => type === "show" && enabled)
      .map(({ key }) => key),
  );
  const items = found.filter(({ libraryKey }) => wanted.has(libraryKey));
  await introduce(session, from, items);
  await session.commit(() => pages.writePage(items, { leftEarly }));
  const held = settleSeen(session, pages, wanted);
  const { added, removed } = session.journal.counts();
  const changed = added + removed > 0 || held !== null || session.hasChanged();
  session.journal.carryOver(seen(session, items));
  session.flush();
  return {
    items: itemIds.map((itemId) => described(itemId, found, wanted)),
    changed,
    held,
    requests: session.contact.requests(),
  };
}

/**
 * The server has shown these very items: that they are unwatched is seen, not concluded from their absence. Many within
 * the hour are no viewer's doing; a reading of everything, which the guard looks over, decides about them.
 */
function settleSeen(session: Session, { unmarks, shortLived }: Writer, wanted: ReadonlySet<string>): Held | null {
  const { db, integrationId, startedAt, row } = session;
  const already = row.unmarks === "follow" ? removedByNews(db, integrationId, startedAt - HOUR_MS) : 0;
  if (already + unmarks.length <= GUARD_MARKS || row.unmarks !== "follow") {
    return settleUnmarks(session, unmarks, wanted, shortLived);
  }
  updateIntegration(db, integrationId, { needsFull: true });
  return null;
}

async function recent(session: Session, from: MediaServer, itemIds: readonly string[]): Promise<EpisodeItem[]> {
  const [found] = await Promise.all([
    from.episodesById(itemIds, session.signal),
    readHistory(session, from, session.startedAt - historyMs),
  ]);
  return found;
}

function seen({ shows }: Session, items: readonly EpisodeItem[]): { shows: number; episodes: number } {
  const watched = items.filter(({ viewCount }) => viewCount > 0);
  return { shows: new Set(watched.map((item) => shows.of(item)?.showId)).size, episodes: watched.length };
}

function described(itemId: string, found: readonly EpisodeItem[], wanted: ReadonlySet<string>): RereadItem {
  const item = found.find((each) => each.itemId === itemId);
  if (item === undefined) return { itemId, state: "gone", item: null };
  return { itemId, state: wanted.has(item.libraryKey) ? "read" : "library-off", item };
}
