import type { Instant } from "../../domain/instant.ts";
import { AppError } from "../../kernel/errors.ts";
import { asJson } from "../../kernel/http.ts";
import { createRecent } from "../recent.ts";
import { createService, type SourceDeps } from "../service.ts";
import { type TvmazeShow, type TvmazeWhole, tvmazeSchedule, tvmazeSearch, tvmazeWhole } from "./schemas.ts";

export type TvmazeDeps = SourceDeps & { apiUrl: string };

export type TvmazeClient = {
  /** The TVmaze number behind an outside id. */
  lookup(kind: "tvdb" | "imdb", id: string, signal?: AbortSignal): Promise<string | null>;
  whole(tvmazeId: string, signal?: AbortSignal): Promise<TvmazeWhole | null>;
  search(title: string, signal?: AbortSignal): Promise<TvmazeShow[]>;
  /** The shows with an episode on that day: on the country's channels, its web channels, and those of the whole world. */
  schedule(date: string, country: string, signal?: AbortSignal): Promise<TvmazeShow[]>;
  waitingUntil(): Instant | null;
};

const name = "TVmaze";
const listBytes = 4_000_000;
/** Some hundred episodes, each with its show. */
const scheduleBytes = 12_000_000;
/** A daily serial has some 15,000 episodes of about 1 kB. */
const showBytes = 32_000_000;

/** It knows no keys, so a refusal is about the address we come from. */
function refused(status: number): AppError {
  return new AppError("unreachable", `TVmaze refuses requests from this address (HTTP ${status}).`, {
    status,
    retryAfterMs: 300_000,
  });
}

export function createTvmazeClient({ apiUrl, ...deps }: TvmazeDeps): TvmazeClient {
  const service = createService(deps, {
    name,
    baseUrl: apiUrl,
    limit: { concurrency: 2, window: { count: 20, perMs: 10_200 } },
    refused,
  });
  const recent = createRecent<TvmazeWhole>(deps.clock, { entries: 50, forMs: 300_000 });
  const days = createRecent<TvmazeShow[]>(deps.clock, { entries: 4, forMs: 1_800_000 });

  async function scheduled(path: string, query: Record<string, string>, signal?: AbortSignal): Promise<TvmazeShow[]> {
    const read = asJson(name, tvmazeSchedule);
    const shows = await service.get({ path, query, read, maxBytes: scheduleBytes, signal });
    if (shows === null) throw new AppError("bad-answer", "TVmaze does not know its own schedule.");
    return shows;
  }

  return {
    lookup: (kind, id, signal) =>
      service.get({
        path: "/lookup/shows",
        query: { [kind === "tvdb" ? "thetvdb" : "imdb"]: id },
        // Followed blindly the redirect would cost a request for the show without its episodes.
        accept: [301, 302],
        read: ({ headers }) => {
          const target = URL.parse(headers.get("location") ?? "", apiUrl)?.pathname ?? "";
          const found = /\/shows\/(\d+)$/.exec(target)?.[1];
          if (found !== undefined) return found;
          throw new AppError("bad-answer", "TVmaze did not say where the show is.");
        },
        maxBytes: listBytes,
        signal,
      }),
    async whole(tvmazeId, signal) {
      const known = recent.get(tvmazeId);
      if (known) return known;
      const query = { "embed[]": ["akas", "episodeswithspecials"] };
      const read = asJson(name, tvmazeWhole);
      const show = await service.get({ path: `/shows/${tvmazeId}`, query, read, maxBytes: showBytes, signal });
      if (show) recent.set(tvmazeId, show);
      return show;
    },
    async search(title, signal) {
      const read = asJson(name, tvmazeSearch);
      const query = { q: title };
      const rows = await service.get({ path: "/search/shows", query, read, maxBytes: listBytes, signal });
      return (rows ?? []).map(({ show }) => show);
    },
    async schedule(date, country, signal) {
      const key = `${country} ${date}`;
      const known = days.get(key);
      if (known) return known;
      // An empty country means the web channels that belong to none.
      const parts = await Promise.all([
        scheduled("/schedule", { country, date }, signal),
        scheduled("/schedule/web", { country, date }, signal),
        scheduled("/schedule/web", { country: "", date }, signal),
      ]);
      const shows = [...new Map(parts.flat().map((show) => [show.id, show])).values()];
      days.set(key, shows);
      return shows;
    },
    waitingUntil: service.waitingUntil,
  };
}
