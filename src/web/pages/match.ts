import { Elysia, t } from "elysia";
import { z } from "zod";
import type { ViewContext } from "../../../views/context.ts";
import { MatchPage, type MatchPageModel } from "../../../views/pages/match.tsx";
import type { MatchEvidenceModel } from "../../../views/parts/match-evidence.tsx";
import { cleanIds } from "../../domain/external-ids.ts";
import type { MatchView, OfferedMatch, ScoredCandidate } from "../../services/matching/types.ts";
import { candidatePoster } from "../candidate-poster.ts";
import type { RouteDeps } from "../deps.ts";
import { readForm } from "../form.ts";
import { visit } from "./answer.ts";
import { movedWords, otherShowModel } from "./merge.ts";
import { linksOf, readShow, sourceLabel } from "./show-model.ts";

const choiceForm = z.object({ source: z.string().min(1).max(40), id: z.string().min(1).max(100) });

const METHODS: Readonly<Record<string, string>> = {
  tmdb: "by its TMDB id",
  tvdb: "by its TVDB id",
  imdb: "by its IMDb id",
  "plex-guid": "by the server's own id",
  "title-year": "by title and year",
  title: "by title",
  chosen: "chosen by you",
  server: "as the server's own show",
};

/** From here on nobody would ask; below that it is worth a look. */
const SURE = 0.9;
const LIKELY = 0.6;

function evidence(match: OfferedMatch): MatchEvidenceModel {
  return {
    serverTitle: match.title,
    serverYear: match.year,
    serverLabel: match.serverName,
    method: METHODS[match.method] ?? "by what the server said",
    confidence: match.confidence >= SURE ? "sure" : match.confidence >= LIKELY ? "likely" : "doubtful",
    ids: linksOf(cleanIds(match.ids)),
  };
}

function model(deps: RouteDeps, ctx: ViewContext, view: MatchView, query: string): MatchPageModel {
  const candidate = (found: ScoredCandidate) => ({
    source: found.source,
    id: found.sourceId,
    sourceName: sourceLabel(deps, found.source),
    title: found.title,
    year: found.year ?? null,
    posterUrl: candidatePoster(deps, found),
    facts: [found.network ?? "", countryName(ctx, found.country)].filter((fact) => fact !== "").join(" · "),
    overview: found.overview,
    reasons: found.evidence.map(({ label }) => label),
    current: found.current,
  });
  return {
    showId: view.showId,
    title: view.title,
    year: view.year,
    query: query === "" ? view.title : query,
    matches: view.offered.map(evidence),
    candidates: view.candidates.map(candidate),
    others: view.others.map((other) => otherShowModel(ctx, other)),
    ...(view.note === null ? {} : { problem: view.note }),
  };
}

/** "United Kingdom" in the reader's language; a code that is none stays what it is. */
function countryName({ locale }: ViewContext, code: string | undefined): string {
  if (code === undefined || !/^[A-Z]{2}$/.test(code)) return code ?? "";
  return new Intl.DisplayNames([locale, "en"], { type: "region" }).of(code) ?? code;
}

export function createMatchPage(deps: RouteDeps) {
  const { matching, paths } = deps;
  const params = t.Object({ id: t.String() });
  return new Elysia()
    .get(
      "/shows/:id/match",
      async ({ request, params, query }) => {
        const { ctx, userId, ...reply } = visit(deps, request);
        const asked = (query.query ?? "").trim().slice(0, 200);
        const view = await matching.view(userId, params.id, asked === "" ? undefined : asked);
        return reply.page(MatchPage({ ctx, page: model(deps, ctx, view, asked) }));
      },
      { params, query: t.Object({ query: t.Optional(t.String()) }), detail: { hide: true } },
    )
    .put(
      "/shows/:id/match",
      async ({ request, params }) => {
        const choice = readForm(request, choiceForm);
        const { ctx, userId, ...reply } = visit(deps, request);
        const done = await matching.choose(userId, params.id, choice);
        const text = movedWords(ctx, done, readShow(deps, userId, done.showId));
        const undo = { token: done.undoToken, back: paths.show(params.id) };
        return reply.go(paths.show(done.showId), { tone: "success", text, undo });
      },
      { params, detail: { hide: true } },
    );
}
