import { z } from "zod";
import type { ImportItemRow, ImportRow } from "../../db/repos/imports.ts";
import { LIST_NAMES } from "../../domain/show-list.ts";

// What an import has done besides adding plays and entries, which carry its id themselves.

const itemUndo = z.object({
  /** The show did not exist before. */
  created: z.boolean(),
  episodes: z.array(z.number()),
  suppressions: z.array(z.number()),
  filled: z.object({
    list: z.enum(LIST_NAMES).optional(),
    rating: z.number().optional(),
    notes: z.string().optional(),
  }),
});
export type ItemUndo = z.infer<typeof itemUndo>;

const profile = z.object({
  timeZone: z.string().nullable(),
  theme: z.string().nullable(),
  dateFormat: z.string().nullable(),
  titleLanguage: z.string().nullable(),
});
const importUndo = z.object({
  profile: z.object({ before: profile, after: profile }).nullable(),
  integrations: z.array(z.number()),
  matches: z.array(z.object({ integrationId: z.number(), serverShow: z.string() })),
});
export type ImportUndo = z.infer<typeof importUndo>;

export function itemUndoOf({ undo }: Pick<ImportItemRow, "undo">): ItemUndo {
  return undo === null
    ? { created: false, episodes: [], suppressions: [], filled: {} }
    : itemUndo.parse(JSON.parse(undo));
}

export function importUndoOf({ undo }: Pick<ImportRow, "undo">): ImportUndo {
  return undo === null ? { profile: null, integrations: [], matches: [] } : importUndo.parse(JSON.parse(undo));
}
