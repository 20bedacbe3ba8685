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
  return letters.join("").toUpperCase() || "?";
}

/** A stable hue (0–359) for a title; FNV-1a, so equal titles always look alike. */
export function hueOf(title: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < title.length; i++) hash = Math.imul(hash ^ title.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % 360;
}

const SMALL = (
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen " +
  "eighteen nineteen"
).split(" ");
const TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split(" ");

/** "three", "forty-two", "five hundred": where a slip of one digit would be costly. From a thousand on in digits. */
export function numberInWords(value: number): string {
  const small = SMALL[value];
  if (small !== undefined) return small;
  if (!Number.isInteger(value) || value < 0 || value >= 1_000) return String(value);
  const [hundreds, rest] = [Math.floor(value / 100), value % 100];
  if (hundreds > 0) return `${SMALL[hundreds]} hundred${rest === 0 ? "" : ` and ${numberInWords(rest)}`}`;
  return `${TENS[Math.floor(value / 10)]}${value % 10 === 0 ? "" : `-${SMALL[value % 10]}`}`;
}
