import type { Db } from "../../db/open.ts";
import { changeEntry, type EntryFacts, entryFacts, insertImportedEntry } from "../../db/repos/imports.ts";
import type { ImportedShow } from "../../domain/imports/model.ts";
import { isListName, type ListName } from "../../domain/show-list.ts";

/** What an import filled in of an entry that said nothing: put back only while it still says that. */
export type Filled = { list?: ListName | undefined; rating?: number | undefined; notes?: string | undefined };

export type EntryWork = { userId: number; showId: number; importId: number; now: number };

/** An entry that says nothing yet. */
export const emptyFacts: EntryFacts = { list: "watching", listChosen: 0, rating: null, notes: null };

const isEmpty = (notes: string | null): boolean => notes === null || notes.trim() === "";

/** How many of the file's choices differ from the user's own. */
export function keptChoices(entry: EntryFacts, show: ImportedShow): number {
  const differs = [
    show.list !== null && entry.listChosen === 1 && entry.list !== show.list,
    show.rating !== null && entry.rating !== null && entry.rating !== show.rating,
    show.notes !== null && !isEmpty(entry.notes) && entry.notes !== show.notes,
  ];
  return differs.filter(Boolean).length;
}

/** What the file says where the entry says nothing. */
export function filledBy(entry: EntryFacts, show: ImportedShow): Filled {
  return {
    ...(show.list !== null && entry.listChosen === 0 ? { list: show.list } : {}),
    ...(show.rating !== null && entry.rating === null ? { rating: show.rating } : {}),
    ...(show.notes !== null && isEmpty(entry.notes) ? { notes: show.notes } : {}),
  };
}

/** Fills what is empty and overrules nothing. `belongs`: the show is the user's, and has an entry from now on. */
export function fillEntry(db: Db, work: EntryWork, show: ImportedShow, belongs: boolean): Filled {
  const { userId, showId, importId, now } = work;
  const known = entryFacts(db, userId, showId);
  if (known === null && !belongs) return {};
  if (known === null) insertImportedEntry(db, { userId, showId, importId, addedAt: show.addedAt ?? now });
  const entry = known ?? emptyFacts;
  const filled = filledBy(entry, show);
  if (Object.keys(filled).length === 0) return filled;
  changeEntry(db, userId, showId, {
    list: filled.list ?? entry.list,
    listChosen: filled.list === undefined ? entry.listChosen : 1,
    rating: filled.rating ?? entry.rating,
    notes: filled.notes ?? entry.notes,
  });
  return filled;
}

export function emptyEntry(db: Db, userId: number, showId: number, filled: Filled): void {
  const entry = entryFacts(db, userId, showId);
  if (entry === null) return;
  const isStill = (name: "list" | "rating" | "notes") => filled[name] !== undefined && filled[name] === entry[name];
  const list = isListName(entry.list) ? entry.list : "watching";
  changeEntry(db, userId, showId, {
    list,
    listChosen: isStill("list") ? 0 : entry.listChosen,
    rating: isStill("rating") ? null : entry.rating,
    notes: isStill("notes") ? null : entry.notes,
  });
}
