import { cleanId, type ExternalIds, type IdKind } from "../../domain/external-ids.ts";
import { asBool, asInt, asNumber, asText, isRecord } from "../loose.ts";

// Listings bring tens of thousands of rows, so these are read by hand. A field of an unexpected type counts as absent.
// Null = not a row at all.

/** A show or an episode. Durations in ticks, as on the wire. */
export type Row = {
  id: string | undefined;
  type: string | undefined;
  locationType: string | undefined;
  name: string | undefined;
  seriesId: string | undefined;
  seriesName: string | undefined;
  season: number | undefined;
  number: number | undefined;
  /** Of the last episode in a file of several. */
  numberEnd: number | undefined;
  premiere: string | undefined;
  ticks: number | undefined;
  ids: ExternalIds;
  played: boolean | undefined;
  playCount: number | undefined;
  positionTicks: number | undefined;
  lastPlayed: string | undefined;
};

/** What only shows are asked for. */
export type ShowRow = Row & {
  originalTitle: string | undefined;
  year: number | undefined;
  overview: string | undefined;
  genres: string[];
  studio: string | undefined;
  /** Names the present poster. */
  posterTag: string | undefined;
};

export function readRow(value: unknown): Row | null {
  if (!isRecord(value)) return null;
  const userData = value["UserData"];
  const data = isRecord(userData) ? userData : {};
  return {
    id: asText(value["Id"]),
    type: asText(value["Type"]),
    locationType: asText(value["LocationType"]),
    name: asText(value["Name"]),
    seriesId: asText(value["SeriesId"]),
    seriesName: asText(value["SeriesName"]),
    season: asInt(value["ParentIndexNumber"]),
    number: asInt(value["IndexNumber"]),
    numberEnd: asInt(value["IndexNumberEnd"]),
    premiere: asText(value["PremiereDate"]),
    ticks: asInt(value["RunTimeTicks"]),
    ids: readIds(value["ProviderIds"]),
    played: asBool(data["Played"]),
    playCount: asInt(data["PlayCount"]),
    positionTicks: asInt(data["PlaybackPositionTicks"]),
    lastPlayed: asText(data["LastPlayedDate"]),
  };
}

export function readShowRow(value: unknown): ShowRow | null {
  const row = readRow(value);
  if (row === null || !isRecord(value)) return null;
  const images = value["ImageTags"];
  return {
    ...row,
    originalTitle: asText(value["OriginalTitle"]),
    year: asInt(value["ProductionYear"]),
    overview: asText(value["Overview"]),
    genres: textsOf(value["Genres"]),
    studio: textsOf(value["Studios"])[0],
    posterTag: isRecord(images) ? asText(images["Primary"]) : undefined,
  };
}

/** The account's own rating; 0 to 10 on the wire. */
export function readRating(value: unknown): number | null {
  const data = isRecord(value) ? value["UserData"] : undefined;
  return isRecord(data) ? (asNumber(data["Rating"]) ?? null) : null;
}

/** The usual spelling first, which nearly all rows have. */
const kinds: Readonly<Record<string, IdKind>> = {
  Tmdb: "tmdb",
  Tvdb: "tvdb",
  Imdb: "imdb",
  tmdb: "tmdb",
  tvdb: "tvdb",
  imdb: "imdb",
  tvmaze: "tvmaze",
  trakt: "trakt",
};

/** The names are free: plugins add theirs, and upper and lower case vary. What is no id, such as a path, is left out. */
export function readIds(value: unknown): ExternalIds {
  const ids: ExternalIds = {};
  if (!isRecord(value)) return ids;
  for (const name of Object.keys(value)) {
    const kind = kinds[name] ?? kinds[name.toLowerCase()];
    const id = kind === undefined ? undefined : cleanId(kind, value[name]);
    if (kind !== undefined && id !== undefined) ids[kind] ??= id;
  }
  return ids;
}

/** Bare texts, or objects that have a name. */
function textsOf(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((each) => asText(isRecord(each) ? each["Name"] : each) ?? []);
}
