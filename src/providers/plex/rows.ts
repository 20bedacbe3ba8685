import { asArray, asBool, asInt, asNumber, asText, isRecord } from "../loose.ts";

// Listings bring tens of thousands of rows, so these are read by hand (a sixth of the time of a schema). The rules are
// those of schemas.ts: a field of an unexpected type counts as absent. Null = not a row at all.

/** A show or an episode. Times in epoch seconds, durations in milliseconds, as on the wire. */
export type Row = {
  ratingKey: string | undefined;
  key: string | undefined;
  type: string | undefined;
  /** Present on trailers, scenes and other extras. */
  extraType: string | undefined;
  subtype: string | undefined;
  /** On air right now. */
  live: boolean | undefined;
  guid: string | undefined;
  guids: string[];
  title: string | undefined;
  grandparentTitle: string | undefined;
  grandparentRatingKey: string | undefined;
  grandparentKey: string | undefined;
  librarySectionID: string | undefined;
  index: number | undefined;
  parentIndex: number | undefined;
  originallyAvailableAt: string | undefined;
  duration: number | undefined;
  viewCount: number | undefined;
  viewOffset: number | undefined;
  lastViewedAt: number | undefined;
};

/** The account's own rating, 0 to 10, and when it was given. */
export type RatedRow = { userRating: number | undefined; lastRatedAt: number | undefined };

/** What only shows are asked for. */
export type ShowRow = Row & {
  originalTitle: string | undefined;
  year: number | undefined;
  studio: string | undefined;
  summary: string | undefined;
  thumb: string | undefined;
  genres: string[];
};

export type HistoryRow = {
  historyKey: string | undefined;
  key: string | undefined;
  ratingKey: string | undefined;
  librarySectionID: string | undefined;
  grandparentKey: string | undefined;
  type: string | undefined;
  title: string | undefined;
  grandparentTitle: string | undefined;
  index: number | undefined;
  parentIndex: number | undefined;
  originallyAvailableAt: string | undefined;
  viewedAt: number | undefined;
  accountID: number | undefined;
};

export function readRow(value: unknown): Row | null {
  if (!isRecord(value)) return null;
  return {
    ratingKey: asText(value["ratingKey"]),
    key: asText(value["key"]),
    type: asText(value["type"]),
    extraType: asText(value["extraType"]),
    subtype: asText(value["subtype"]),
    live: asBool(value["live"]),
    guid: asText(value["guid"]),
    guids: members(value["Guid"], "id"),
    title: asText(value["title"]),
    grandparentTitle: asText(value["grandparentTitle"]),
    grandparentRatingKey: asText(value["grandparentRatingKey"]),
    grandparentKey: asText(value["grandparentKey"]),
    librarySectionID: asText(value["librarySectionID"]),
    index: asInt(value["index"]),
    parentIndex: asInt(value["parentIndex"]),
    originallyAvailableAt: asText(value["originallyAvailableAt"]),
    duration: asInt(value["duration"]),
    viewCount: asInt(value["viewCount"]),
    viewOffset: asInt(value["viewOffset"]),
    lastViewedAt: asInt(value["lastViewedAt"]),
  };
}

export function readShowRow(value: unknown): ShowRow | null {
  const row = readRow(value);
  if (row === null || !isRecord(value)) return null;
  return {
    ...row,
    originalTitle: asText(value["originalTitle"]),
    year: asInt(value["year"]),
    studio: asText(value["studio"]),
    summary: asText(value["summary"]),
    thumb: asText(value["thumb"]),
    genres: members(value["Genre"], "tag"),
  };
}

export function readRatedRow(value: unknown): RatedRow | null {
  if (!isRecord(value)) return null;
  return { userRating: asNumber(value["userRating"]), lastRatedAt: asInt(value["lastRatedAt"]) };
}

export function readHistoryRow(value: unknown): HistoryRow | null {
  if (!isRecord(value)) return null;
  return {
    historyKey: asText(value["historyKey"]),
    key: asText(value["key"]),
    ratingKey: asText(value["ratingKey"]),
    librarySectionID: asText(value["librarySectionID"]),
    grandparentKey: asText(value["grandparentKey"]),
    type: asText(value["type"]),
    title: asText(value["title"]),
    grandparentTitle: asText(value["grandparentTitle"]),
    index: asInt(value["index"]),
    parentIndex: asInt(value["parentIndex"]),
    originallyAvailableAt: asText(value["originallyAvailableAt"]),
    viewedAt: asInt(value["viewedAt"]),
    accountID: asInt(value["accountID"]),
  };
}

/** The texts of one member of each element: `[{id: "tmdb://1"}]` → `["tmdb://1"]`. */
function members(value: unknown, name: string): string[] {
  if (value === undefined) return [];
  const texts: string[] = [];
  for (const each of asArray(value)) {
    const member = isRecord(each) ? asText(each[name]) : undefined;
    if (member !== undefined) texts.push(member);
  }
  return texts;
}
