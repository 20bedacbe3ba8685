import { HOUR_MS, type Instant, MINUTE_MS, SECOND_MS } from "../../domain/instant.ts";
import { wholeItemId } from "../../domain/item-part.ts";
import { AppError } from "../../kernel/errors.ts";
import type { HttpAnswer } from "../../kernel/http.ts";
import type { MediaServer } from "../contract.ts";
import { isRecord } from "../loose.ts";
import type { MediaBrowserClient } from "./client.ts";
import type { Dialect } from "./dialect.ts";
import { instant } from "./mapper.ts";
import type { Row } from "./rows.ts";
import { userDataSchema } from "./schemas.ts";

type Parts = {
  client: MediaBrowserClient;
  dialect: Dialect;
  name: string;
  accountId: string;
  version: (signal?: AbortSignal) => Promise<string | null>;
  /** The item as it is now; null when the server does not know it. */
  look: (itemId: string, signal?: AbortSignal) => Promise<Row | null>;
};

const quarterMs = 15 * MINUTE_MS;
/** The earth's zones go no further. */
const furthestZoneMs = 14 * HOUR_MS;

/**
 * How the server understands our dates: `unknown` until it was seen, then how far it reads them from what we mean, or
 * that it makes something else of them.
 */
type Reading = "unknown" | "useless" | { aheadMs: number };

/** Marks and unmarks single items. A mark that is set again counts as another view, so what is there is looked at first. */
export function createMarker(parts: Parts): NonNullable<MediaServer["setWatched"]> {
  const { client, dialect, name, accountId, version, look } = parts;
  let reading: Reading = dialect.provesDates ? "unknown" : { aheadMs: 0 };

  const gone = () => new AppError("not-found", `${name} does not know this episode any more.`);

  const dated = (at: Instant | null): Record<string, string> => {
    if (at === null || reading === "useless") return {};
    const { name: key, text } = dialect.markDate(reading === "unknown" ? at : at - reading.aheadMs);
    return { [key]: text };
  };

  async function prove(itemId: string, at: Instant, signal?: AbortSignal): Promise<void> {
    const stored = instant((await look(itemId, signal))?.lastPlayed);
    if (stored !== null) reading = understood(stored - at);
  }

  return async (markedId, watched, { at }, signal) => {
    const itemId = dialect.itemId(wholeItemId(markedId));
    const now = itemId === null ? null : await look(itemId, signal);
    if (itemId === null || now === null) throw gone();
    if ((now.played === true) === watched) return;
    const { path, query } = dialect.mark(accountId, itemId, await version(signal));
    const send = () =>
      client.ask(path, {
        method: watched ? "POST" : "DELETE",
        query: watched ? { ...query, ...dated(at) } : query,
        read: (answer) => confirm(name, answer, watched),
        // Asked twice, it would count twice: whoever asks looks first whether it has arrived.
        tries: 1,
        counts: true,
        signal,
      });
    const wasTrusted = reading !== "unknown";
    await send();
    if (!watched || at === null || wasTrusted) return;
    // Another one may have proved it meanwhile.
    if (reading === "unknown") await prove(itemId, at, signal);
    // The first of all, which nothing could tell before: a count too many is better than a wrong date.
    if (isShifted(reading)) await send();
  };
}

const isShifted = (reading: Reading): boolean => typeof reading === "object" && reading.aheadMs !== 0;

function understood(aheadMs: number): Reading {
  const quarters = Math.round(aheadMs / quarterMs) * quarterMs;
  const fits = Math.abs(aheadMs - quarters) <= 2 * SECOND_MS && Math.abs(quarters) <= furthestZoneMs;
  return fits ? { aheadMs: quarters } : "useless";
}

/** The answer is the new state of the item. One that says the opposite has not done it. */
function confirm(name: string, answer: HttpAnswer, watched: boolean): void {
  const { Played } = stateIn(answer);
  if (Played === undefined || Played === watched) return;
  throw new AppError("bad-answer", `${name} has not ${watched ? "set" : "taken away"} the mark.`, {
    status: answer.status,
  });
}

function stateIn(answer: HttpAnswer): { Played?: boolean | undefined } {
  try {
    const value: unknown = JSON.parse(answer.text());
    return isRecord(value) ? (userDataSchema.safeParse(value).data ?? {}) : {};
  } catch {
    return {};
  }
}
