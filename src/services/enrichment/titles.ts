import type { Db } from "../../db/open.ts";
import { type EpisodeRow, episodesOfShow } from "../../db/repos/episodes.ts";
import { idsOfShow, type ShowRow, showById } from "../../db/repos/shows.ts";
import { dueLanguages, saveTitles } from "../../db/repos/titles.ts";
import type { Clock } from "../../kernel/clock.ts";
import { AppError, hasCode } from "../../kernel/errors.ts";
import type { MetadataSource, TranslatedTitles } from "../../metadata/contract.ts";

export type TitleDeps = {
  db: Db;
  clock: Clock;
  sources: readonly MetadataSource[];
  /** Those whose key has not been refused. */
  usable(): readonly MetadataSource[];
  setAside(source: MetadataSource, error: unknown): void;
};

type Asked = { source: MetadataSource; id: string };
type Found = Asked & { titles: TranslatedTitles };

/** Sources that know this show by a number of their own: first those that name episodes too, then the one its catalogue is from. */
function sourcesOf({ db, sources }: TitleDeps, show: ShowRow): Asked[] {
  const ids = idsOfShow(db, show.id);
  const known = sources.flatMap((source): Asked[] => {
    const id = show.enrichedFrom === source.id ? show.enrichedId : ids[source.id];
    return source.titles === undefined || id === null || id === undefined ? [] : [{ source, id }];
  });
  const rank = ({ source }: Asked) => (source.translatesEpisodes ? 0 : source.id === show.enrichedFrom ? 1 : 2);
  return known.sort((a, b) => rank(a) - rank(b));
}

const isEmpty = ({ show, episodes }: TranslatedTitles): boolean => show === null && episodes.length === 0;

/** Asks one source after the other until one has a title. Null when all have answered that they have none. */
async function ask(deps: TitleDeps, asked: readonly Asked[], language: string, signal: AbortSignal) {
  let failure: AppError | null = null;
  for (const { source, id } of asked) {
    if (!deps.usable().includes(source)) {
      failure ??= new AppError("auth-expired", `${source.label} has refused its key.`);
      continue;
    }
    try {
      const titles = await source.titles?.(id, language, signal);
      if (titles != null && !isEmpty(titles)) return { source, id, titles };
    } catch (error) {
      if (!hasCode(error, "auth-expired", "unsupported")) throw error;
      deps.setAside(source, error);
      failure ??= error instanceof AppError ? error : null;
    }
  }
  if (failure !== null) throw failure;
  return null;
}

/** Which of our episodes each title is for: by the source's own number, by place only where our places are the source's. */
function titlesOfEpisodes(rows: readonly EpisodeRow[], show: ShowRow, { source, titles }: Found): Map<number, string> {
  const byId = new Map(rows.flatMap((row) => (row[source.id] === null ? [] : [[row[source.id], row] as const])));
  const sameOrder = show.enrichedFrom === source.id;
  const byPlace = new Map(
    rows.filter(({ inCatalogue }) => inCatalogue && sameOrder).map((row) => [`${row.season}x${row.number}`, row]),
  );
  const named = new Map<number, string>();
  for (const { id, season, number, title } of titles.episodes) {
    const row = (id === null ? undefined : byId.get(id)) ?? byPlace.get(`${season}x${number}`);
    // What reads the same already needs no second copy.
    if (row !== undefined && row.title !== title) named.set(row.id, title);
  }
  return named;
}

/** Brings the titles that somebody who has this show wants to read. True when there was something to bring. */
export async function fetchTitles(deps: TitleDeps, showId: number, signal: AbortSignal): Promise<boolean> {
  const languages = dueLanguages(deps.db, showId);
  for (const language of languages) {
    const show = showById(deps.db, showId);
    if (show === undefined) return false;
    const found = await ask(deps, sourcesOf(deps, show), language, signal);
    if (signal.aborted) return false;
    const episodes =
      found === null ? new Map<number, string>() : titlesOfEpisodes(episodesOfShow(deps.db, showId), show, found);
    saveTitles(deps.db, { showId, language, title: found?.titles.show ?? null, episodes }, deps.clock.now());
  }
  return languages.length > 0;
}
