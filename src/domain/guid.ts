import { cleanId, type ExternalIds, type IdKind, idNumber, mergeIds } from "./external-ids.ts";
import { dateToInstant } from "./instant.ts";

export type ItemLevel = "show" | "season" | "episode";

/** A media server's guid, taken apart. */
export interface ParsedGuid {
  scheme: string;
  ids: ExternalIds;
  /** Whose ids these are: the show's (agents put it in front of season and episode), or the item's own. */
  idsLevel: "show" | "own";
  /** The same on every Plex server. */
  plexGuid?: string;
  /** The agent's own name for the show, also when it is in no catalogue we know (`anidb-1234`). */
  agentId?: string;
  level?: ItemLevel;
  season?: number;
  episode?: number;
  airDate?: string;
  /** The numbers may run through the whole show instead of starting again each season. */
  absoluteOrder?: true;
  dvdOrder?: true;
  /** Live TV and recordings in progress: nothing to track. */
  live?: true;
}

export interface CollectedGuids {
  /** Ids of the item itself. An episode's are episode ids. */
  ids: ExternalIds;
  /** Ids of the item's show, where a legacy agent's path gives them. */
  showIds: ExternalIds;
  plexGuid?: string;
  season?: number;
  episode?: number;
  airDate?: string;
  absoluteOrder?: true;
  dvdOrder?: true;
  live?: true;
}

const LEGACY_PREFIX = "com.plexapp.agents.";

/** Reads every known spelling; an unknown one has a scheme and no ids, so matching goes on by title. */
export function parseGuid(text: string): ParsedGuid {
  const bare = text.trim().replace(/\?.*$/, "");
  const parts = /^([a-z0-9.+-]+):\/\/(.*)$/i.exec(bare);
  if (!parts) {
    const imdb = cleanId("imdb", bare);
    return { scheme: "", ids: imdb ? { imdb } : {}, idsLevel: "own" };
  }
  const scheme = (parts[1] ?? "").toLowerCase();
  const path = parts[2] ?? "";
  if (scheme === "plex") return parsePlex(path);
  if (scheme === "tv.plex.agents.nfo.series") return parseNativeNfo(scheme, path);
  if (scheme === "tv.plex.xmltv") return { scheme, ids: {}, idsLevel: "own", live: true };
  if (scheme.startsWith(LEGACY_PREFIX)) return parseLegacy(scheme, path);
  const kind = PLAIN_SCHEMES[scheme];
  return { scheme, ids: kind ? oneId(kind, path) : {}, idsLevel: "own" };
}

/** The list wins per kind and the scalar fills gaps; of two ids of one kind the smaller number is the older entry. */
export function collectGuids(scalar: string | undefined, list: readonly string[]): CollectedGuids {
  const listed: ExternalIds = {};
  let plexGuid: string | undefined;
  for (const guid of list.map(parseGuid)) {
    plexGuid ??= guid.plexGuid;
    if (guid.idsLevel === "show") continue;
    for (const [kind, id] of Object.entries(guid.ids) as [IdKind, string][]) {
      const known = listed[kind];
      if (known === undefined || idNumber(id) < idNumber(known)) listed[kind] = id;
    }
  }
  if (scalar === undefined) return { ids: listed, showIds: {}, ...(plexGuid ? { plexGuid } : {}) };

  const { scheme: _, ids, idsLevel, agentId: __, level, ...rest } = parseGuid(scalar);
  const isOwn = idsLevel === "own" || level === "show";
  const found = rest.plexGuid ?? plexGuid;
  return {
    ...rest,
    ...(found ? { plexGuid: found } : {}),
    ids: isOwn ? mergeIds(listed, ids) : listed,
    showIds: idsLevel === "show" ? ids : {},
  };
}

/**
 * What a show is remembered by: its guid when that survives re-adding the files, else the server's number for it,
 * which does not. Language and episode part of an agent's guid are left out: they are not the show.
 */
export function identityOf(guid: string | undefined, itemId: string): string {
  if (guid !== undefined) {
    const parsed = parseGuid(guid);
    if (parsed.plexGuid) return parsed.plexGuid;
    if (parsed.agentId) return `${parsed.scheme}://${parsed.agentId}`;
  }
  return `item:${itemId}`;
}

const PLAIN_SCHEMES: Readonly<Record<string, IdKind>> = {
  imdb: "imdb",
  tmdb: "tmdb",
  themoviedb: "tmdb",
  tvdb: "tvdb",
  thetvdb: "tvdb",
  tvmaze: "tvmaze",
};

/** Letters HAMA puts before the number. `tvdb2` to `tvdb5` are numbering modes of the same TVDB entry. */
const HAMA_KINDS: Readonly<Record<string, IdKind>> = {
  tvdb: "tvdb",
  tmdb: "tmdb",
  tsdb: "tmdb",
  imdb: "imdb",
  tvmaze: "tvmaze",
};

function parsePlex(path: string): ParsedGuid {
  const parts = /^(show|season|episode|movie)\/([0-9a-f]{24})$/i.exec(path);
  if (!parts) return { scheme: "plex", ids: {}, idsLevel: "own" };
  const kind = (parts[1] ?? "").toLowerCase();
  const plexGuid = `plex://${kind}/${(parts[2] ?? "").toLowerCase()}`;
  return {
    scheme: "plex",
    ids: {},
    idsLevel: "own",
    plexGuid,
    ...(kind === "show" || kind === "season" || kind === "episode" ? { level: kind } : {}),
  };
}

function parseNativeNfo(scheme: string, path: string): ParsedGuid {
  const parts = /^(show|season|episode)\/(([a-z]+)_([^/]+))/i.exec(path);
  if (!parts) return { scheme, ids: {}, idsLevel: "own" };
  const level = (parts[1] ?? "").toLowerCase() as ItemLevel;
  const kind = PLAIN_SCHEMES[(parts[3] ?? "").toLowerCase()];
  const ids = kind ? oneId(kind, parts[4] ?? "") : {};
  // The path names the level, and it belongs to the identity: a show and an episode may carry the same number.
  return { scheme, ids, idsLevel: "own", level, agentId: `${level}/${parts[2] ?? ""}` };
}

function parseLegacy(scheme: string, path: string): ParsedGuid {
  const [first = "", ...place] = path.split("/").filter((part) => part !== "");
  const agent = scheme.slice(LEGACY_PREFIX.length);
  const known = readAgentId(agent, first);
  if (!known) return { scheme, ids: {}, idsLevel: "own" };
  return { scheme, idsLevel: "show", agentId: first, ...known, ...readPlace(place) };
}

type AgentId = Pick<ParsedGuid, "ids" | "absoluteOrder" | "dvdOrder">;

function readAgentId(agent: string, id: string): AgentId | null {
  switch (agent) {
    case "thetvdb":
    case "xbmcnfotv":
      return numbered("tvdb", id);
    case "thetvdbdvdorder": {
      const read = numbered("tvdb", id);
      return read ? { ...read, dvdOrder: true } : null;
    }
    case "themoviedb":
      return numbered("tmdb", id);
    case "imdb":
      return numbered("imdb", id);
    case "tvmaze":
      return numbered("tvmaze", id);
    case "xbmcnfo":
      return numbered(id.toLowerCase().startsWith("tt") ? "imdb" : "tmdb", id);
    case "hama":
      return readHamaId(id);
    default:
      return null;
  }
}

function readHamaId(text: string): AgentId | null {
  const parts = /^([a-z]+)([2-9])?-(.+)$/i.exec(text);
  if (!parts) return null;
  const letters = (parts[1] ?? "").toLowerCase();
  const kind = HAMA_KINDS[letters];
  // AniDB numbers are in no catalogue we ask, but they still name the show.
  if (!kind) return letters === "anidb" && /^\d+$/.test(parts[3] ?? "") ? { ids: {} } : null;
  const read = numbered(kind, parts[3] ?? "");
  return read && letters === "tvdb" && parts[2] ? { ...read, absoluteOrder: true } : read;
}

/** `/season`, `/season/episode`, or a date in the place of either. */
function readPlace(place: readonly string[]): Pick<ParsedGuid, "level" | "season" | "episode" | "airDate"> {
  const airDate = place.find((part) => dateToInstant(part) !== null);
  const [season, episode] = place.map((part) => (/^\d{1,5}$/.test(part) ? Number(part) : undefined));
  const level: ItemLevel = place.length >= 2 || airDate ? "episode" : place.length === 1 ? "season" : "show";
  return {
    level,
    ...(season === undefined ? {} : { season }),
    ...(episode === undefined ? {} : { episode }),
    ...(airDate === undefined ? {} : { airDate }),
  };
}

function numbered(kind: IdKind, id: string): AgentId | null {
  const ids = oneId(kind, id);
  return ids[kind] === undefined ? null : { ids };
}

function oneId(kind: IdKind, value: string): ExternalIds {
  const id = cleanId(kind, value.split("/")[0]);
  return id === undefined ? {} : { [kind]: id };
}
