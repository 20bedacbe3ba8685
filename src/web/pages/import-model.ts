import type { ViewContext } from "../../../views/context.ts";
import type { ImportPageModel } from "../../../views/pages/import.tsx";
import type { ImportLineModel, ImportListModel, ImportShowModel } from "../../../views/parts/import-items.tsx";
import type { ImportDoubt, ImportQuestionsModel } from "../../../views/parts/import-questions.tsx";
import type { ImportRowModel } from "../../../views/parts/import-row.tsx";
import { count, formatNumber } from "../../../views/ui/format.ts";
import type { ImportItem } from "../../db/queries/imports.ts";
import type { CsvField, ImportFormat } from "../../domain/imports/model.ts";
import type { ImportView, Transfer } from "../../services/transfer/types.ts";

const PER_LIST = 100;

const SOURCE_WORDS: Record<ImportFormat, string> = {
  "episode-tracker-json": "Episode Tracker",
  "episode-tracker-csv": "Episode Tracker (CSV)",
  trakt: "Trakt",
  tvtime: "TV Time",
  simkl: "Simkl",
  yamtrack: "Yamtrack",
  csv: "CSV table",
};

const FIELD_WORDS: Record<CsvField, { label: string; hint?: string }> = {
  show: { label: "Show" },
  year: { label: "Year of the show", hint: "Tells shows of one name apart." },
  season: { label: "Season" },
  episode: { label: "Episode" },
  code: { label: "Season and episode in one", hint: "Such as S01E02." },
  title: { label: "Title of the episode" },
  watchedAt: { label: "Watched when", hint: "Without it: date unknown. Times are in your time zone." },
  rating: { label: "Rating of the show", hint: "Of 10." },
  notes: { label: "Notes on the show" },
  tmdb: { label: "TMDB id of the show" },
  tvdb: { label: "TVDB id of the show" },
  imdb: { label: "IMDb id of the show" },
};

/** "412 plays of 23 shows will be added; 1,204 are here already; 3 lines were not understood." */
function sentence(ctx: ViewContext, { status, summary, table }: ImportView): string {
  if (status === "undone") return "Undone: everything this import had added is taken back.";
  if (status === "preview" && table !== null && !table.complete)
    return "Say which column is what, and the preview follows.";
  const will = status === "preview" ? "will be" : "were";
  const { added, showsAdded, showsNew, filled, alreadyThere, suppressed, doubtful, notUnderstood, leftOut } = summary;
  const parts = [
    added > 0
      ? `${count(added, ctx, "play")} of ${count(showsAdded, ctx, "show")} ${added === 1 && status !== "preview" ? "was" : will} added`
      : "",
    added === 0 && showsNew > 0
      ? `${count(showsNew, ctx, "show")} ${status === "preview" ? "will come" : "came"} into your library`
      : "",
    added + showsNew + filled === 0 ? "Nothing new" : "",
    filled > 0
      ? `${count(filled, ctx, "list, rating or note", "lists, ratings or notes")} ${filled === 1 && status !== "preview" ? "was" : will} taken over`
      : "",
    alreadyThere > 0 ? `${formatNumber(alreadyThere, ctx)} ${alreadyThere === 1 ? "is" : "are"} here already` : "",
    suppressed > 0 ? `${formatNumber(suppressed, ctx)} left out, since you removed them here` : "",
    doubtful > 0 ? `${count(doubtful, ctx, "show needs", "shows need")} your eye` : "",
    notUnderstood > 0 ? `${count(notUnderstood, ctx, "line was", "lines were")} not understood` : "",
    leftOut > 0 ? `${count(leftOut, ctx, "entry is", "entries are")} of no show` : "",
  ];
  return `${parts.filter((part) => part !== "").join("; ")}.`;
}

const bringsAnything = ({ summary }: ImportView): boolean => summary.added + summary.showsNew + summary.filled > 0;

const isUndoable = (view: ImportView): boolean =>
  (view.status === "done" || view.status === "failed") && bringsAnything(view);

export function importRowModel(ctx: ViewContext, view: ImportView): ImportRowModel {
  const { id, format, fileName, status, createdAt, summary } = view;
  const short: Record<ImportView["status"], string> = {
    preview: "waits for you",
    running: "running",
    done: summary.added === 0 ? "no new plays" : `+${count(summary.added, ctx, "play")}`,
    failed: "stopped before its end",
    undone: "taken back",
  };
  return {
    id,
    source: SOURCE_WORDS[format],
    fileName,
    status,
    createdAt,
    sentence: short[status],
    undoable: isUndoable(view),
  };
}

function showModel(item: ImportItem): ImportShowModel {
  const { showId, title, year, outcome, plays, added, alreadyThere, suppressed, note } = item;
  return { showId, title, year, outcome, plays, added, alreadyThere, suppressed, note };
}

const lineModel = ({ title, note }: ImportItem): ImportLineModel => ({ place: title, reason: note ?? "" });

function doubtModel(ctx: ViewContext, item: ImportItem, chosen: string | undefined): ImportDoubt {
  const named = item.candidates.map(({ showId, title, year }) => ({
    value: showId,
    label: year === null ? `${title} (year unknown)` : `${title} (${year})`,
  }));
  return {
    key: item.key,
    title: item.title,
    year: item.year,
    plays: count(item.plays, ctx, "play"),
    options: [
      { value: "", label: "Leave it out for now" },
      ...named,
      { value: "new", label: "Another show: add it as a new one" },
    ],
    value: chosen === "skip" ? "" : (chosen ?? ""),
  };
}

type Asked = { kind?: string | undefined; cursor?: string | undefined };

export function importPageModel(
  ctx: ViewContext,
  transfer: Transfer,
  userId: number,
  view: ImportView,
  asked: Asked = {},
): ImportPageModel {
  const { summary, status, table } = view;
  const page = (kind: ImportItem["kind"]) =>
    transfer.items(userId, view.id, {
      kind,
      limit: PER_LIST,
      ...(asked.kind === kind ? { cursor: asked.cursor } : {}),
    });
  function list<Row>(kind: ImportItem["kind"], total: number, shape: (item: ImportItem) => Row): ImportListModel<Row> {
    const { items, nextCursor } = page(kind);
    return {
      rows: items.map(shape),
      total,
      moreHref: nextCursor === null ? null : ctx.paths.import(view.id, { kind, cursor: nextCursor }),
      open: asked.kind === kind,
    };
  }
  const ready = (table === null || table.complete) && (bringsAnything(view) || summary.shows > 0);
  const notes = [
    ...summary.notes,
    ...(summary.kept > 0 ? ["Lists, ratings and notes that you have chosen here stay as they are."] : []),
    ...(summary.unlisted > 0
      ? [`${count(summary.unlisted, ctx, "line is", "lines are")} counted but not listed.`]
      : []),
  ];
  return {
    id: view.id,
    status,
    sentence: sentence(ctx, view),
    source: SOURCE_WORDS[view.format],
    fileName: view.fileName,
    createdAt: view.createdAt,
    progress: view.progress,
    failure: status === "failed" ? summary.failure : null,
    questions: status === "preview" ? questions(ctx, transfer, userId, view) : null,
    notes,
    shows: list("show", summary.shows, showModel),
    notUnderstood: list("not-understood", table?.complete === false ? 0 : summary.notUnderstood, lineModel),
    leftOut: list("left-out", summary.leftOut, lineModel),
    ready,
    undoable: isUndoable(view),
  };
}

function questions(ctx: ViewContext, transfer: Transfer, userId: number, view: ImportView): ImportQuestionsModel {
  const { table, options, summary } = view;
  const doubts = transfer.items(userId, view.id, { kind: "show", doubtful: true, limit: PER_LIST });
  const fields = Object.entries(FIELD_WORDS) as [CsvField, { label: string; hint?: string }][];
  return {
    table:
      table === null
        ? null
        : {
            header: table.header,
            rows: table.rows,
            fields: fields.map(([name, words]) => ({ name, ...words, value: table.columns[name] ?? "" })),
            dateOrder: options.dateOrder ?? "auto",
            complete: table.complete,
          },
    doubts: doubts.items.map((item) => doubtModel(ctx, item, options.choices?.[item.key])),
    moreDoubts: doubts.nextCursor === null ? 0 : Math.max(0, summary.doubtful - doubts.items.length),
    bringBack:
      summary.suppressed === 0 && !options.bringBack
        ? null
        : { checked: options.bringBack ?? false, hint: "Otherwise what you took away here stays away." },
  };
}
