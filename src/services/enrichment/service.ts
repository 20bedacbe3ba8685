import {
  dueShows,
  enqueueAll,
  enqueueShows,
  enqueueStale,
  isCatalogueDue,
  nextDue,
  promoteShow,
  queueCounts,
  settleShow,
} from "../../db/repos/enrichment.ts";
import { refreshProgress, usersOfShow } from "../../db/repos/library.ts";
import { type MatchRow, saveMatch } from "../../db/repos/matches.ts";
import { findShowsByExternalIds, insertShow, type ShowRow, showById } from "../../db/repos/shows.ts";
import { noteDoubt } from "../../db/repos/sync-logs.ts";
import { enqueueUntitled } from "../../db/repos/titles.ts";
import { tx } from "../../db/tx.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../domain/instant.ts";
import type { MatchCandidate, Scored } from "../../domain/matching.ts";
import { hintFor } from "../../domain/sync.ts";
import { AppError, hasCode, toAppError } from "../../kernel/errors.ts";
import { inBackground } from "../../kernel/limits.ts";
import type { Catalogue, MetadataSource } from "../../metadata/contract.ts";
import type { Deps } from "../context.ts";
import { mergeShows } from "../matching/merge.ts";
import type { EnrichmentStatus } from "../matching/types.ts";
import { writeCatalogue } from "./catalogue.ts";
import { type FoundShow, findShow, isDoubtful, openMatches } from "./find.ts";
import { fetchTitles } from "./titles.ts";

/** Shows worked on at the same time; the sources' own limits are held by their gates. */
const lanes = 3;
/** After a failure that may pass. */
const laterMs = [MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 6 * HOUR_MS, DAY_MS];
/** After "no source knows this show", or too many that match alike. */
const muchLaterMs = [DAY_MS, 7 * DAY_MS, 30 * DAY_MS];
/** After that long a catalogue may have moved on, by what is known of the show. */
const agesMs = { running: DAY_MS, ended: 30 * DAY_MS, uncatalogued: 6 * HOUR_MS };
const idleMs = 10 * MINUTE_MS;
const publishEveryMs = 500;

export type Enrichment = {
  start(): void;
  stop(): Promise<void>;
  enqueue(showIds: readonly number[]): void;
  /** Queues what may have changed at the sources. */
  refreshStale(): void;
  /** Queues everything in a library, whatever its age. Returns how much that is. */
  lookUpAgain(): number;
  /** Queues shows whose titles somebody wants in a language and does not have. */
  enqueueTitles(): void;
  /** This show next: somebody looks at it. */
  promote(showId: number): void;
  status(): EnrichmentStatus;
  /** Our show for a source's, created from its catalogue when we have none. Throws `not-found`, `invalid`, and the source's failures. */
  importShow(source: string, sourceId: string): Promise<number>;
  /** Resolves when nothing is due any more. */
  idle(): Promise<void>;
};

type Settled = Extract<FoundShow, { kind: "matched" }> & { source: MetadataSource; catalogue: Catalogue };

/** Fills in from metadata sources what the media server does not know. Adds and relinks; never removes a mark. */
export function createEnrichment(deps: Deps): Enrichment {
  const { db, clock, log, bus, sources } = deps;
  const abort = new AbortController();
  const refused = new Map<string, number>();
  let wake: () => void = () => undefined;
  let loop: Promise<void> | null = null;
  let publishedAt = Number.NEGATIVE_INFINITY;
  let busy = 0;
  let deafen: () => void = () => undefined;

  const before = () => {
    const now = clock.now();
    return {
      running: now - agesMs.running,
      ended: now - agesMs.ended,
      uncatalogued: now - agesMs.uncatalogued,
    };
  };

  function enqueueTitles(showIds: readonly number[] | null = null): void {
    if (sources.length > 0 && enqueueUntitled(db, clock.now(), showIds) > 0) wake();
  }

  /** A refused key sets its source aside for an hour. */
  function setAside(source: MetadataSource, error: unknown): void {
    if ((refused.get(source.id) ?? 0) <= clock.now())
      log.warn("metadata.refused", { source: source.id, reason: error });
    refused.set(source.id, clock.now() + HOUR_MS);
  }

  const usable = () => sources.filter(({ id }) => (refused.get(id) ?? 0) <= clock.now());

  /** Asks one source after the other until one knows the show. */
  async function lookUp(show: ShowRow): Promise<Settled | Exclude<FoundShow, { kind: "matched" }>> {
    let doubt: Extract<FoundShow, { kind: "doubtful" }> | null = null;
    for (const source of usable()) {
      try {
        const found = await findShow(db, source, show, abort.signal);
        if (found.kind === "doubtful") doubt ??= found;
        if (found.kind !== "matched") continue;
        const catalogue = await source.catalogue(found.show.sourceId, abort.signal);
        if (catalogue !== null) return { ...found, source, catalogue };
      } catch (error) {
        if (!hasCode(error, "auth-expired", "unsupported")) throw error;
        setAside(source, error);
      }
    }
    return doubt ?? { kind: "unknown" };
  }

  function settle(showId: number, { method, confidence, evidence, byText, source, catalogue }: Settled): void {
    const now = clock.now();
    const changed = tx(db, () => {
      const { conflicts } = writeCatalogue(db, showId, { id: source.id, catalogue }, now);
      for (const match of openMatches(db, showId)) {
        // A match by id that the sync made stays what it was; the search adds to those that had nothing but a title.
        const better = byText && (match.method === "server" || match.method === "title");
        if (!better && !isDoubtful(match)) continue;
        saveMatch(db, { ...match, method, confidence, evidence: JSON.stringify({ lines: evidence }) }, now);
      }
      const users = new Set(usersOfShow(db, showId));
      const owners = [...new Set(conflicts.map(({ ownerId }) => ownerId))];
      for (const owner of owners) for (const user of mergeShows(db, owner, showId, now)) users.add(user);
      for (const user of users) refreshProgress(db, user, [showId], now);
      settleShow(db, showId, { state: "done", attempts: 0, nextAttemptAt: 0, lastError: null, now });
      return { users: [...users], merged: owners };
    });
    for (const merged of changed.merged) bus.publish("show.changed", { showId: merged });
    bus.publish("show.changed", { showId });
  }

  /** Left as the server's own show, said so in the log, asked again much later. */
  function leave(show: ShowRow, attempts: number, candidates: readonly Scored<MatchCandidate>[]): void {
    const now = clock.now();
    const doubtful = candidates.length > 0;
    const nextAttemptAt = now + (muchLaterMs[attempts] ?? 30 * DAY_MS);
    tx(db, () => {
      const lastError = doubtful ? "Several shows match alike" : "No metadata source knows this show";
      settleShow(db, show.id, { state: "failed", attempts: attempts + 1, nextAttemptAt, lastError, now });
      if (!doubtful) return;
      for (const match of openMatches(db, show.id)) remark(match, show, candidates, now);
    });
    bus.publish("show.changed", { showId: show.id });
  }

  function remark(match: MatchRow, show: ShowRow, candidates: readonly Scored<MatchCandidate>[], now: number): void {
    const options = candidates.slice(0, 8).map(({ candidate, score, evidence }) => ({ candidate, score, evidence }));
    saveMatch(db, { ...match, evidence: JSON.stringify({ lines: [], state: "doubtful", candidates: options }) }, now);
    const message = `Several shows are called "${show.title}"; it stays as the server has it until you choose the right one.`;
    noteDoubt(db, match, {
      kind: "show-match",
      show: show.title,
      message,
      hint: hintFor("show-match", { show: show.title }),
    });
  }

  async function work({ showId, attempts }: { showId: number; attempts: number }): Promise<void> {
    const show = showById(db, showId);
    if (show === undefined) return;
    try {
      const due = isCatalogueDue(db, showId, before());
      if (due) {
        const found = await lookUp(show);
        if (abort.signal.aborted) return;
        if (found.kind !== "matched") {
          leave(show, attempts, found.kind === "doubtful" ? found.candidates : []);
          return;
        }
        settle(showId, found);
      }
      // The catalogue is there by now: what goes wrong here costs titles in other languages and nothing else.
      const translated = await fetchTitles({ db, clock, sources, usable, setAside }, showId, abort.signal);
      if (abort.signal.aborted) return;
      if (translated) bus.publish("show.changed", { showId });
      // Whoever has asked for the catalogue meanwhile finds the show still in the queue.
      if (!due && !isCatalogueDue(db, showId, before())) finish(showId);
    } catch (error) {
      if (abort.signal.aborted) return;
      postpone(show, attempts, error);
    }
  }

  function finish(showId: number): void {
    settleShow(db, showId, { state: "done", attempts: 0, nextAttemptAt: 0, lastError: null, now: clock.now() });
  }

  function postpone(show: ShowRow, attempts: number, thrown: unknown): void {
    const error = toAppError(thrown);
    const now = clock.now();
    const waitMs = Math.max(
      error.retryAfterMs ?? 0,
      error.code === "rate-limited" ? 2_000 : (laterMs[attempts] ?? DAY_MS),
    );
    // Being asked to wait says nothing about the show.
    const counted = error.code === "rate-limited" ? attempts : attempts + 1;
    const state = counted > laterMs.length ? "failed" : "pending";
    settleShow(db, show.id, { state, attempts: counted, nextAttemptAt: now + waitMs, lastError: error.message, now });
    log[error.code === "internal" ? "error" : "debug"]("enrichment.postponed", {
      show: show.id,
      waitMs,
      reason: error,
    });
  }

  function publish(force = false): void {
    if (!force && clock.ticks() - publishedAt < publishEveryMs) return;
    publishedAt = clock.ticks();
    bus.publish("enrichment.progress", queueCounts(db));
  }

  async function drain(): Promise<void> {
    while (!abort.signal.aborted && usable().length > 0) {
      const due = dueShows(db, clock.now(), 30);
      if (due.length === 0) return;
      const lane = async () => {
        for (let next = due.shift(); next !== undefined && !abort.signal.aborted; next = due.shift()) {
          await work(next);
          publish();
        }
      };
      await Promise.all(Array.from({ length: lanes }, lane));
    }
  }

  async function forever(): Promise<void> {
    while (!abort.signal.aborted) {
      busy += 1;
      try {
        await drain();
      } catch (error) {
        log.error("enrichment.failed", { reason: toAppError(error) });
      } finally {
        busy -= 1;
      }
      publish(true);
      await pause();
    }
  }

  /** Until something is due, or somebody wakes us. */
  async function pause(): Promise<void> {
    if (abort.signal.aborted) return;
    const due = usable().length === 0 ? null : nextDue(db);
    const waitMs = Math.min(Math.max((due ?? Number.POSITIVE_INFINITY) - clock.now(), 250), idleMs);
    const waking = new AbortController();
    wake = () => waking.abort();
    try {
      await clock.sleep(waitMs, AbortSignal.any([waking.signal, abort.signal]));
    } catch (error) {
      if (!waking.signal.aborted && !abort.signal.aborted) throw error;
    }
  }

  function sourceOf(id: string): MetadataSource {
    const source = sources.find((each) => each.id === id);
    if (source !== undefined) return source;
    const message = `"${id}" is not a metadata source that is switched on.`;
    throw new AppError("invalid", message, { fields: [{ path: "source", message }] });
  }

  async function importShow(sourceName: string, sourceId: string): Promise<number> {
    const source = sourceOf(sourceName);
    const catalogue = await source.catalogue(sourceId);
    if (catalogue === null) throw new AppError("not-found", `${source.label} has no show with this id.`);
    const { show } = catalogue;
    const now = clock.now();
    const showId = tx(db, () => {
      const known = findShowsByExternalIds(db, show.ids)[0];
      const id = known ?? insertShow(db, { ...show, title: show.title.trim() || "Untitled show" }, show.ids, now).id;
      writeCatalogue(db, id, { id: source.id, catalogue }, now);
      return id;
    });
    bus.publish("show.changed", { showId });
    return showId;
  }

  return {
    start: () => {
      if (loop !== null) return;
      enqueueTitles();
      // A show that has just come into somebody's library may lack that reader's language.
      deafen = bus.subscribe((name, payload) => {
        if (name === "plays.changed" && "showIds" in payload) enqueueTitles(payload.showIds);
      });
      loop = inBackground(forever);
    },
    stop: async () => {
      deafen();
      abort.abort(new AppError("cancelled", "Shutting down."));
      await loop;
    },
    enqueue: (showIds) => {
      if (sources.length === 0) return;
      if (enqueueShows(db, showIds, clock.now(), before().uncatalogued) > 0) wake();
    },
    refreshStale: () => {
      const { running, ended } = before();
      if (enqueueStale(db, clock.now(), running, ended) > 0) wake();
      enqueueTitles();
    },
    lookUpAgain: () => {
      const queued = sources.length === 0 ? 0 : enqueueAll(db, clock.now());
      if (queued > 0) wake();
      publish(true);
      return queued;
    },
    enqueueTitles: () => enqueueTitles(),
    promote: (showId) => {
      promoteShow(db, showId, clock.now());
      wake();
    },
    status: () => {
      const waits = sources.flatMap((source) => source.waitingUntil() ?? []);
      return { ...queueCounts(db), waitingUntil: waits.length === 0 ? null : Math.min(...waits) };
    },
    importShow,
    idle: async () => {
      while (!abort.signal.aborted && (busy > 0 || dueShows(db, clock.now(), 1).length > 0)) await clock.sleep(20);
    },
  };
}
