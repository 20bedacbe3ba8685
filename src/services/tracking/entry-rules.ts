import { AppError } from "../../kernel/errors.ts";

// What people may say about a show of their library.

export const LONGEST_NOTES = 10_000;

function refuse(path: string, name: string, message: string): never {
  throw new AppError("invalid", `${name} ${message}.`, { fields: [{ path, message }] });
}

export function checkRating(rating: number | null | undefined): void {
  if (rating === undefined || rating === null) return;
  if (Number.isInteger(rating) && rating >= 1 && rating <= 10) return;
  refuse("rating", "The rating", "must be a whole number from 1 to 10");
}

/** Line breaks as everybody writes them; blank notes are none. */
export function readNotes(notes: string | null | undefined): string | null | undefined {
  if (notes === undefined || notes === null) return notes;
  const text = notes.replace(/\r\n?/g, "\n").trim();
  if (text.length > LONGEST_NOTES) refuse("notes", "The notes", `must have at most ${LONGEST_NOTES} characters`);
  return text === "" ? null : text;
}
