import type { LibraryMatch } from "../../db/queries/in-library.ts";
import type { BrowseFilter } from "../../domain/browse.ts";
import type { ShowLink } from "../../domain/show-link.ts";
import type { AppError } from "../../kernel/errors.ts";
import type { Choice, MetadataSourceId, ShowCandidate } from "../../metadata/contract.ts";

export type FoundShow = ShowCandidate & { inLibrary: LibraryMatch | null };

/** A source that could not be asked. */
export type SourceFailure = { source: MetadataSourceId; label: string; error: AppError };

export type SearchAnswer = {
  /** Who knew; null when nobody found anything. */
  source: MetadataSourceId | null;
  items: FoundShow[];
  failures: SourceFailure[];
  /** What was pasted instead of a title. */
  link: ShowLink | null;
};

/** A filter with the values it takes. */
export type FilterChoices = {
  filter: BrowseFilter;
  options: readonly Choice[];
  /** Other values may be typed; years are spans, and of networks any part of the name. */
  free: boolean;
  /** Always has a value. */
  needed: boolean;
};

export type SourceFilters = {
  source: MetadataSourceId;
  label: string;
  /** What it can list, one sentence. */
  scope: string;
  filters: FilterChoices[];
  /** Why its genres are missing. */
  failure: AppError | null;
};

/** What was typed or chosen, by filter. */
export type Asked = Partial<Record<BrowseFilter, string>>;

/** Where and when the reader is: the day and country of a list that needs one and was given none. */
export type Here = { timeZone: string; country: string | null };

export type BrowseAnswer = {
  source: MetadataSourceId;
  items: FoundShow[];
  nextPage: number | null;
  /** What the list was narrowed by in the end. */
  asked: Asked;
  /** What of it could not be read, by filter. */
  problems: { path: BrowseFilter; message: string }[];
};

/** Finding shows on the metadata sources. Everything is asked live, and kept for some minutes. */
export type Discovery = {
  /**
   * The first source that finds something, in the order of preference, or the one named. A link or an id leads to that very
   * show. Throws when nobody could be asked; "nothing found" is an empty list.
   */
  search(userId: number, query: string, source?: string): Promise<SearchAnswer>;
  /** Of every source that can list shows. */
  filters(): Promise<SourceFilters[]>;
  filtersOf(source: MetadataSourceId): Promise<SourceFilters>;
  /** The source that a list comes from when none is named; null when none can list. */
  browser(source?: string): MetadataSourceId | null;
  browse(userId: number, source: string | undefined, asked: Asked, page: number, here: Here): Promise<BrowseAnswer>;
};
