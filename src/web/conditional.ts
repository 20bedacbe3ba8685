/** The visitor has this version already. */
export function knowsTag(request: Request, etag: string): boolean {
  const known = request.headers.get("if-none-match") ?? "";
  return known.split(",").some((each) => each.trim().replace(/^W\//, "") === etag || each.trim() === "*");
}

/** What counts is the tag; a date alone is believed to the second. */
export function isKnown(request: Request, { etag, modifiedAt }: { etag: string; modifiedAt: number }): boolean {
  if (request.headers.has("if-none-match")) return knowsTag(request, etag);
  const since = Date.parse(request.headers.get("if-modified-since") ?? "");
  return Number.isFinite(since) && modifiedAt <= since;
}
