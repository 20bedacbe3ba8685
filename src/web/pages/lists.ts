import type { SelectOption } from "../../../views/ui/select.tsx";
import { isListName, LIST_NAMES, type ListName } from "../../domain/show-list.ts";
import { LIST_WORDS } from "./show-model.ts";

/** Stands in forms for "no list chosen". */
export const AUTOMATIC = "automatic";

/** Every list, and the way back to none chosen, which says where that leads when it is so already. */
export function listOptions(current?: { list: ListName; listChosen: boolean }): SelectOption[] {
  const goesTo = current === undefined || current.listChosen ? "" : ` (${LIST_WORDS[current.list]})`;
  return [
    ...LIST_NAMES.map((value) => ({ value, label: LIST_WORDS[value] })),
    { value: AUTOMATIC, label: `Automatic${goesTo}` },
  ];
}

/** Null: none chosen. Undefined: a word that is none of them. */
export function readList(value: string): ListName | null | undefined {
  if (value === AUTOMATIC) return null;
  return isListName(value) ? value : undefined;
}

export const NOT_RATED = "none";

export const RATING_OPTIONS: readonly SelectOption[] = [
  ...Array.from({ length: 10 }, (_, index) => ({ value: String(10 - index), label: `${10 - index} of 10` })),
  { value: NOT_RATED, label: "Not rated" },
];

/** Null: none. Undefined: a word that is no rating. */
export function readRating(value: string): number | null | undefined {
  if (value === NOT_RATED) return null;
  return /^(?:[1-9]|10)$/.test(value) ? Number(value) : undefined;
}
