import {
  episodesOf,
  type HistoryRow,
  localAccountId,
  type PlexItem,
  type PlexServerState,
  type RenderedRow,
  showOf,
  type ViewState,
} from "./plex-world.ts";
import { hexOf } from "./random.ts";

/**
 * Rows of a Plex Media Server as JSON text. What never changes is rendered once per item; only the view fields are
 * written per request, so that a page of 500 episodes costs next to nothing.
 */

export type RowOptions = { includeGuids: boolean; withMedia: boolean; withSummary: boolean; detail: boolean };

type Json = Record<string, unknown>;

function openObject(value: Json): string {
  const text = JSON.stringify(value);
  return text.slice(0, -1);
}

function members(value: Json): string {
  const text = JSON.stringify(value);
  return text === "{}" ? "" : `,${text.slice(1, -1)}`;
}

/** Plex leaves out what is empty: null becomes "no key". */
function present(value: Json): Json {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null && field !== undefined));
}

const thumbOf = (item: PlexItem): string => `/library/metadata/${item.ratingKey}/thumb/${item.updatedAt}`;
const keyOf = (item: PlexItem): string => `/library/metadata/${item.ratingKey}`;

function guidsText(item: PlexItem): string {
  if (item.externalGuids.length === 0) return "";
  return `,"Guid":${JSON.stringify(item.externalGuids.map((id) => ({ id })))}`;
}

function mediaOf(item: PlexItem, show: PlexItem | null): Json {
  const id = Number(item.ratingKey) * 2;
  const number = `S${String(item.parent?.index ?? 0).padStart(2, "0")}E${String(item.index ?? 0).padStart(2, "0")}`;
  const file =
    show === null
      ? `/movies/${item.title}.mkv`
      : `/tv/${show.title}/Season ${item.parent?.index ?? 0}/${show.title} - ${number}.mkv`;
  const facts = { duration: item.durationMs, container: "mkv", videoProfile: "high" };
  return {
    Media: [
      {
        id,
        duration: item.durationMs,
        bitrate: 4_200 + (id % 900),
        width: 1920,
        height: 1080,
        aspectRatio: 1.78,
        audioChannels: 6,
        audioCodec: "eac3",
        videoCodec: "h264",
        videoResolution: "1080",
        container: "mkv",
        videoFrameRate: "24p",
        videoProfile: "high",
        Part: [
          present({
            id: id + 1,
            key: `/library/parts/${id + 1}/${item.addedAt}/file.mkv`,
            ...facts,
            file,
            size: 900_000_000 + id,
          }),
        ],
      },
    ],
    Director: [{ tag: `Director ${hexOf(item.guid, 3)}` }],
    Writer: [{ tag: `Writer ${hexOf(item.title, 3)}` }],
  };
}

function renderEpisode(item: PlexItem): RenderedRow {
  const season = item.parent;
  const show = showOf(item);
  const network = show.show?.network;
  const head = openObject(
    present({
      ratingKey: item.ratingKey,
      key: keyOf(item),
      parentRatingKey: season?.ratingKey,
      grandparentRatingKey: show.ratingKey,
      guid: item.guid,
      parentGuid: season?.guid,
      grandparentGuid: show.guid,
      grandparentSlug: item.guid.startsWith("plex://") ? show.show?.slug : null,
      type: "episode",
      title: item.title,
      grandparentKey: keyOf(show),
      parentKey: season === null ? null : keyOf(season),
      grandparentTitle: show.title,
      parentTitle: season?.title,
      contentRating: "TV-14",
      studio: network,
      index: item.index,
      parentIndex: season?.index,
      audienceRating: 7 + (Number(item.ratingKey) % 20) / 10,
      year: item.year,
      thumb: thumbOf(item),
      art: `${keyOf(show)}/art/${show.updatedAt}`,
      parentThumb: season === null ? null : thumbOf(season),
      grandparentThumb: thumbOf(show),
      grandparentArt: `${keyOf(show)}/art/${show.updatedAt}`,
      duration: item.durationMs,
      originallyAvailableAt: item.originallyAvailableAt,
      addedAt: item.addedAt,
      updatedAt: item.updatedAt,
    }),
  );
  return {
    head,
    summary: members({ summary: item.summary }),
    guids: guidsText(item),
    tail: members(mediaOf(item, show)),
  };
}

function renderSeason(item: PlexItem): RenderedRow {
  const show = item.parent;
  const head = openObject(
    present({
      ratingKey: item.ratingKey,
      key: `${keyOf(item)}/children`,
      parentRatingKey: show?.ratingKey,
      guid: item.guid,
      parentGuid: show?.guid,
      parentStudio: show?.show?.network,
      type: "season",
      title: item.title,
      parentKey: show === null ? null : keyOf(show),
      parentTitle: show?.title,
      index: item.index,
      parentIndex: 1,
      parentYear: show?.year,
      thumb: thumbOf(item),
      parentThumb: show === null ? null : thumbOf(show),
      addedAt: item.addedAt,
      updatedAt: item.updatedAt,
    }),
  );
  return { head, summary: members({ summary: item.summary }), guids: guidsText(item), tail: "" };
}

function renderShow(item: PlexItem): RenderedRow {
  const head = openObject(
    present({
      ratingKey: item.ratingKey,
      key: `${keyOf(item)}/children`,
      guid: item.guid,
      slug: item.guid.startsWith("plex://") ? item.show?.slug : null,
      studio: item.show?.network,
      type: "show",
      title: item.title,
      titleSort: /^the /i.test(item.title) ? item.title.replace(/^the /i, "") : null,
      contentRating: "TV-14",
      index: item.index,
      audienceRating: 8.1,
      year: item.year,
      thumb: thumbOf(item),
      art: `${keyOf(item)}/art/${item.updatedAt}`,
      duration: item.durationMs,
      originallyAvailableAt: item.originallyAvailableAt,
      addedAt: item.addedAt,
      updatedAt: item.updatedAt,
    }),
  );
  const tail = members({
    Genre: (item.show?.genres ?? []).map((tag) => ({ tag })),
    Role: [{ tag: "First Actor" }, { tag: "Second Actor" }],
  });
  return { head, summary: members({ summary: item.summary }), guids: guidsText(item), tail };
}

function renderOther(item: PlexItem): RenderedRow {
  const head = openObject(
    present({
      ratingKey: item.ratingKey,
      key: item.kind === "artist" ? `${keyOf(item)}/children` : keyOf(item),
      guid: item.guid,
      type: item.kind,
      title: item.title,
      year: item.kind === "movie" ? item.year : null,
      thumb: thumbOf(item),
      duration: item.kind === "movie" ? item.durationMs : null,
      addedAt: item.addedAt,
      updatedAt: item.updatedAt,
    }),
  );
  const tail = item.kind === "movie" ? members(mediaOf(item, null)) : "";
  return { head, summary: members({ summary: item.summary }), guids: guidsText(item), tail };
}

function rendered(item: PlexItem): RenderedRow {
  if (item.rendered === null) {
    item.rendered =
      item.kind === "episode"
        ? renderEpisode(item)
        : item.kind === "season"
          ? renderSeason(item)
          : item.kind === "show"
            ? renderShow(item)
            : renderOther(item);
  }
  return item.rendered;
}

/** Absent means zero: a field that is 0 or unknown is not in the row. */
function viewFields(view: ViewState | undefined): string {
  if (view === undefined) return "";
  let text = "";
  if (view.viewOffsetMs > 0) text += `,"viewOffset":${view.viewOffsetMs}`;
  if (view.viewCount > 0) text += `,"viewCount":${view.viewCount}`;
  if (view.lastViewedAt !== null) text += `,"lastViewedAt":${view.lastViewedAt}`;
  if (view.rating !== undefined) text += `,"userRating":${view.rating.value},"lastRatedAt":${view.rating.at}`;
  return text;
}

function leafFields(item: PlexItem, views: Map<string, ViewState> | undefined): string {
  let leaves = 0;
  let viewed = 0;
  for (const episode of episodesOf(item)) {
    leaves += 1;
    if ((views?.get(episode.ratingKey)?.viewCount ?? 0) > 0) viewed += 1;
  }
  const children = item.kind === "show" ? `,"childCount":${item.children.length}` : "";
  return `,"leafCount":${leaves},"viewedLeafCount":${viewed}${children}`;
}

export function rowText(item: PlexItem, views: Map<string, ViewState> | undefined, options: RowOptions): string {
  const row = rendered(item);
  let text = row.head;
  if (options.detail) {
    const { library } = item;
    text += `,"librarySectionTitle":${JSON.stringify(library.title)},"librarySectionID":${library.key},"librarySectionKey":"/library/sections/${library.key}"`;
  }
  if (options.withSummary) text += row.summary;
  text += viewFields(views?.get(item.ratingKey));
  if (item.kind === "show" || item.kind === "season") text += leafFields(item, views);
  if (options.withMedia) text += row.tail;
  if (options.includeGuids) text += row.guids;
  return `${text}}`;
}

/** Renders everything ahead, so that a measurement does not pay for the first rendering. */
export function prerender(server: PlexServerState): void {
  for (const item of server.items.values()) rendered(item);
  for (const row of server.history) historyText(server, row);
}

/** History rows outlive their item: then `key`, `ratingKey` and the parents' keys are gone. */
export function historyText(server: PlexServerState, row: HistoryRow): string {
  const { item } = row;
  const alive = item !== null && !item.deleted;
  if (row.rendered?.alive !== alive) row.rendered = { alive, text: renderHistory(server, row) };
  return row.rendered.text;
}

function renderHistory(server: PlexServerState, row: HistoryRow): string {
  const { item } = row;
  const alive = item !== null && !item.deleted;
  const season = alive ? item.parent : null;
  const show = season?.parent ?? null;
  return JSON.stringify(
    present({
      historyKey: `/status/sessions/history/${row.id}`,
      key: alive ? keyOf(item) : null,
      ratingKey: alive ? item.ratingKey : null,
      librarySectionID: row.libraryKey,
      parentKey: season === null ? null : keyOf(season),
      grandparentKey: show === null ? null : keyOf(show),
      title: row.title,
      grandparentTitle: row.grandparentTitle,
      type: row.type,
      thumb: alive ? `${keyOf(item)}/thumb/-1` : null,
      parentThumb: season === null ? null : thumbOf(season),
      grandparentThumb: show === null ? null : thumbOf(show),
      index: row.index,
      parentIndex: row.parentIndex,
      originallyAvailableAt: row.originallyAvailableAt,
      viewedAt: row.viewedAt,
      accountID: localAccountId(server, row.account),
      deviceID: row.deviceId,
    }),
  );
}
