/** The catalogues that number shows and episodes, in the order in which an equal id is believed. */
export const ID_KINDS = ["tmdb", "tvdb", "imdb", "trakt", "tvmaze"] as const;
export type IdKind = (typeof ID_KINDS)[number];
export type ExternalIds = Partial<Record<IdKind, string>>;

export function isIdKind(text: string): text is IdKind {
  return (ID_KINDS as readonly string[]).includes(text);
}

/**
 * The canonical spelling of an id, or undefined for everything that is none: servers and exports really deliver
 * `tt0000000`, `-1`, `0` and free text in these fields.
 */
export function cleanId(kind: IdKind, value: unknown): string | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const text = String(value).trim();
  return kind === "imdb" ? cleanImdb(text) : cleanNumber(text);
}

export function cleanIds(raw: Partial<Record<IdKind, unknown>>): ExternalIds {
  const ids: ExternalIds = {};
  for (const kind of ID_KINDS) {
    const id = cleanId(kind, raw[kind]);
    if (id !== undefined) ids[kind] = id;
  }
  return ids;
}

/** All ids together; where two sides name the same kind the earlier side wins. */
export function mergeIds(...sides: readonly ExternalIds[]): ExternalIds {
  const ids: ExternalIds = {};
  for (const kind of ID_KINDS) {
    const value = sides.find((side) => side[kind] !== undefined)?.[kind];
    if (value !== undefined) ids[kind] = value;
  }
  return ids;
}

export function sharedKinds(a: ExternalIds, b: ExternalIds): IdKind[] {
  return ID_KINDS.filter((kind) => a[kind] !== undefined && b[kind] !== undefined);
}

/** At least one id is the same on both sides. Two sides can agree and conflict at once. */
export function agree(a: ExternalIds, b: ExternalIds): boolean {
  return sharedKinds(a, b).some((kind) => a[kind] === b[kind]);
}

/** At least one kind is known on both sides and differs. */
export function conflict(a: ExternalIds, b: ExternalIds): boolean {
  return sharedKinds(a, b).some((kind) => a[kind] !== b[kind]);
}

/** The number inside an id, for putting two ids of one kind in order. */
export function idNumber(id: string): number {
  return Number(id.replace(/^tt/, ""));
}

function cleanNumber(text: string): string | undefined {
  if (!/^\d{1,9}$/.test(text)) return undefined;
  const digits = text.replace(/^0+/, "");
  return digits === "" ? undefined : digits;
}

function cleanImdb(text: string): string | undefined {
  const digits = /^tt(\d{1,10})$/i.exec(text)?.[1]?.replace(/^0+/, "");
  return digits ? `tt${digits.padStart(7, "0")}` : undefined;
}
