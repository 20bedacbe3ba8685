import type { ImportFile } from "./model.ts";

/** Undefined when the file is no JSON, or only the beginning of one. */
export function parseJson(file: ImportFile): unknown {
  try {
    return JSON.parse(file.read().replace(/^\ufeff/, ""));
  } catch {
    return undefined;
  }
}

export const isJson = ({ head }: ImportFile): boolean => /^\ufeff?\s*[[{]/.test(head);
