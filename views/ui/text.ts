import { escapeHtml } from "@kitajs/html";

/** Text for an attribute. Kita escapes only `"` there, so `&amp;` in a title would lose its meaning. */
export function attr(text: string): string {
  return escapeHtml(text);
}

/** "1 show", "2 shows". */
export function counted(count: string, isOne: boolean, one: string, many = `${one}s`): string {
  return `${count} ${isOne ? one : many}`;
}

/** Up to two initials for a drawn poster. Marks and emoji are skipped; an empty result becomes "?". */
export function initials(title: string): string {
  const words = title.match(/[\p{L}\p{N}]+/gu) ?? [];
  const letters = words.slice(0, 2).map((word) => [...word][0] ?? "");
  return letters.join("").toLocaleUpperCase("en") || "?";
}

/** A stable hue (0–359) for a title; FNV-1a, so equal titles always look alike. */
export function hueOf(title: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < title.length; i++) hash = Math.imul(hash ^ title.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % 360;
}
