import type { RowOptions } from "./plex-rows.ts";
import type { PlexAccount, PlexLibrary, PlexServerState } from "./plex-world.ts";
import { type Call, htmlError } from "./simulator.ts";
import { xmlResponse } from "./xml.ts";

/** How a Plex server answers: containers in JSON or XML, pages by header or query, refusals in HTML. */

export type Json = Record<string, unknown>;

/** Who is behind a token, and what this person may see. */
export type Access = { account: PlexAccount; owner: boolean; libraries: string[] | null };

/** A container whose rows are already text. `kind` is the key of the rows; without rows the key is absent. */
export type Page = { container: Json; kind: "Metadata" | "Directory"; rows: string[]; headers: Record<string, string> };

export type Cut<T> = { rows: T[]; facts: Json; headers: Record<string, string> };

export type Answers = {
  container(call: Call, value: Json, status?: number): Response;
  page(call: Call, page: Page): Response;
  /** Cuts a page out of a list by the paging rules; a Response is the refusal. */
  cut<T>(call: Call, all: T[], where: "section" | "other"): Cut<T> | Response;
};

const integer = (text: string | null): number | null => (text !== null && /^\d+$/.test(text) ? Number(text) : null);

export function visible(who: Access, library: PlexLibrary): boolean {
  return who.libraries === null || who.libraries.includes(library.key);
}

export function rowOptions(call: Call, detail: boolean): RowOptions {
  const query = call.url.searchParams;
  return {
    includeGuids: detail || query.get("includeGuids") === "1",
    withMedia: !(query.get("excludeElements") ?? "").split(",").includes("Media"),
    withSummary: !(query.get("excludeFields") ?? "").split(",").includes("summary"),
    detail,
  };
}

export function createAnswers(state: PlexServerState): Answers {
  const wantsXml = (call: Call): boolean => !call.wantsJson || state.quirks.xmlOnly;

  const container = (call: Call, value: Json, status = 200): Response =>
    wantsXml(call)
      ? xmlResponse("MediaContainer", value, status, { "x-plex-protocol": "1.0" })
      : new Response(JSON.stringify({ MediaContainer: value }), {
          status,
          headers: { "content-type": "application/json", "x-plex-protocol": "1.0" },
        });

  const page = (call: Call, { container: value, kind, rows, headers }: Page): Response => {
    if (wantsXml(call)) {
      const parsed = rows.map((row) => JSON.parse(row) as Json);
      return xmlResponse("MediaContainer", parsed.length === 0 ? value : { ...value, [kind]: parsed }, 200, headers);
    }
    const open = JSON.stringify(value).slice(0, -1);
    const body = rows.length === 0 ? `${open}}` : `${open},"${kind}":[${rows.join(",")}]}`;
    return new Response(`{"MediaContainer":${body}}`, {
      headers: { "content-type": "application/json", "x-plex-protocol": "1.0", ...headers },
    });
  };

  const cut = <T>(call: Call, all: T[], where: "section" | "other"): Cut<T> | Response => {
    const start = integer(call.param("X-Plex-Container-Start")) ?? 0;
    const size = integer(call.param("X-Plex-Container-Size"));
    const { requireContainerSize, maxPageRows, overCap, omitTotalSize } = state.quirks;
    const required =
      requireContainerSize === "everywhere" || (requireContainerSize === "sections" && where === "section");
    if (size === null && required) {
      return htmlError(400, "Bad Request", "Missing X-Plex-Container-Size header");
    }
    if (size !== null && size > maxPageRows && overCap === 400) {
      return htmlError(400, "Bad Request", "X-Plex-Container-Size is too big");
    }
    const limit = integer(call.url.searchParams.get("limit"));
    const pool = limit === null ? all : all.slice(0, limit);
    const rows =
      size === null ? pool.slice(start) : pool.slice(start, start + Math.min(size, maxPageRows, call.rowCap ?? size));
    const facts: Json = { size: rows.length };
    if (size !== null && !omitTotalSize) Object.assign(facts, { totalSize: pool.length, offset: start });
    return {
      rows,
      facts,
      headers: { "x-plex-container-start": String(start), "x-plex-container-total-size": String(pool.length) },
    };
  };

  return { container, page, cut };
}
