/** Ids are opaque text outside. Anything that is not the canonical spelling of a row number is nobody's id: null. */
export function toRowId(text: string): number | null {
  if (!/^[1-9]\d{0,15}$/.test(text)) return null;
  const id = Number(text);
  return Number.isSafeInteger(id) ? id : null;
}
