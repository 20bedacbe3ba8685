import { refreshProgress } from "../../db/repos/library.ts";
import { refreshShowCounts } from "../../db/repos/shows.ts";
import { addedBy } from "../../db/repos/sync-logs.ts";
import { userById } from "../../db/repos/users.ts";
import { tx } from "../../db/tx.ts";
import { readPreferences } from "../../domain/preferences.ts";
import { tidyMemory, yieldToOthers } from "../../kernel/async.ts";
import { AppError, hasCode, throwIfAborted, toAppError } from "../../kernel/errors.ts";
import type { ProviderManifest } from "../../providers/contract.ts";
import { createContact } from "./contact.ts";
import { createHistoryIndex } from "./history.ts";
import { createJournal } from "./journal.ts";
import type { RunOptions } from "./run-options.ts";
import { createShowResolver } from "./shows.ts";
import { createSieve } from "./sieve.ts";
import { createWriter } from "./writer.ts";

/** Short enough that what is recomputed at once keeps no page waiting. */
const flushEveryMs = 250;

export type Session = ReturnType<typeof createSession>;

/** What all parts of one run share: its journal, what it knows of the server's shows, and its way to the database. */
export function createSession(options: RunOptions) {
  const { deps, db, row, syncId, signal, startedAt } = options;
  const { id: integrationId, userId } = row;
  const manifest: ProviderManifest | undefined = deps.providers
    .all()
    .find((each) => each.manifest.id === row.provider)?.manifest;
  const keepsHistory = manifest?.capabilities.history !== false;
  const beginnings = new Set<string>(
    deps.providers.all().flatMap(({ manifest: { id, capabilities } }) => (capabilities.datesBeginning ? [id] : [])),
  );
  const journal = createJournal(
    db,
    syncId,
    { service: manifest?.label, serverName: row.serverName },
    options.onLeftOut,
  );
  const preferences = readPreferences(row.preferences);
  const timeZone = userById(db, userId)?.timeZone ?? deps.config.timeZone;
  const sieve = createSieve({ db, row, preferences, timeZone });
  const shows = createShowResolver(db, integrationId, deps.clock.now);
  const tidy = tidyMemory();
  const history = createHistoryIndex();
  const contact = createContact({ ...options, integrationId, label: manifest?.label ?? row.provider });
  const dirty = new Set<number>();
  const fresh = new Set<number>();
  let flushedAt = 0;
  let nothingRead = true;
  let changedPlays = false;
  let lastError: unknown = null;

  function flush(): void {
    const changed = [...dirty];
    tx(db, () => {
      const now = deps.clock.now();
      if (fresh.size > 0) refreshShowCounts(db, [...fresh], now);
      if (changed.length > 0) refreshProgress(db, userId, changed, now);
      journal.flush({ requests: contact.requests() });
    });
    dirty.clear();
    fresh.clear();
    flushedAt = deps.clock.ticks();
    options.onProgress(journal.progress);
    if (changed.length > 0) options.onChanged(changed);
  }

  /** One page, one transaction; then everybody else's turn. */
  async function commit(write: () => void): Promise<void> {
    try {
      tx(db, () => {
        write();
      });
    } catch (error) {
      journal.correct(addedBy(db, syncId));
      throw error;
    }
    if (deps.clock.ticks() - flushedAt > flushEveryMs) flush();
    else options.onProgress(journal.progress);
    tidy();
    await yieldToOthers();
    throwIfAborted(signal);
  }

  /** A part of the run failed; the rest goes on. */
  function failed(error: unknown): void {
    // A fault of ours says nothing to the user; whoever reads the log can see where it was.
    if (toAppError(error).code === "internal")
      deps.log.error("sync.internal", { sync: syncId, reason: toAppError(error) });
    const said = contact.isDoubted(error)
      ? new AppError("auth-expired", error.message, { cause: error, hint: contact.doubtHint })
      : error;
    lastError = said;
    journal.failed(said);
  }

  /** What the last failure says about the integration; null when it says nothing. */
  function verdict(): unknown {
    // One bad library says nothing about a server that answers otherwise; one that went away in the middle does.
    if (lastError === null || !(nothingRead || hasCode(lastError, "unreachable", "database"))) return null;
    if (!contact.isDoubted(lastError)) return lastError;
    return new AppError("unreachable", lastError.message, { cause: lastError, hint: contact.doubtHint });
  }

  const writer = (wholeHistory: boolean) =>
    createWriter({
      db,
      syncId,
      integrationId,
      userId,
      provider: row.provider,
      keepsHistory,
      datesBeginning: (source) => beginnings.has(source),
      now: startedAt,
      wholeHistory,
      addShows: row.addShows,
      shows,
      history,
      sieve,
      journal: {
        ...journal,
        added: (show, count) => {
          dirty.add(show.showId);
          journal.added(show, count);
        },
        touch: (show) => {
          fresh.add(show.showId);
          journal.touch(show);
        },
        covered: (showId, episodeId) => {
          if (options.mode === "full") journal.covered(showId, episodeId);
        },
      },
      changed: (showId) => {
        changedPlays = true;
        dirty.add(showId);
      },
    });

  return {
    ...options,
    integrationId,
    userId,
    keepsHistory,
    preferences,
    sieve,
    journal,
    shows,
    history,
    contact,
    flush,
    commit,
    tidy,
    failed,
    writer,
    /** Something of what counts has been read. */
    hasRead: () => {
      nothingRead = false;
    },
    nothingRead: () => nothingRead,
    /** Known plays have become others, or shows have come into the library. */
    hasChanged: () => changedPlays,
    verdict,
    /** Plays or numbers of this show changed: its counts and the pages follow with the next flush. */
    changed: (showId: number) => {
      dirty.add(showId);
      fresh.add(showId);
    },
    met: (showId: number) => fresh.add(showId),
  };
}
