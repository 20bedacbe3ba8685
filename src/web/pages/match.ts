import { Elysia, t } from "elysia";
import { z } from "zod";
import { MatchPage, type MatchPageModel } from "../../../views/pages/match.tsx";
import type { MatchEvidenceModel } from "../../../views/parts/match-evidence.tsx";
import { cleanIds } from "../../domain/external-ids.ts";
import type { MatchView, OfferedMatch, ScoredCandidate } from "../../services/matching/types.ts";
import { candidatePoster } from "../candidate-poster.ts";
import type { RouteDeps } from "../deps.ts";
import { readForm } from "../form.ts";
import { visit } from "./answer.ts";
import { linksOf, sourceLabel } from "./show-model.ts";

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

const signed = (points: number): string => (points > 0 ? `+${points}` : `−${Math.abs(points)}`);

function model(deps: RouteDeps, view: MatchView, query: string): MatchPageModel {
  const candidate = (found: ScoredCandidate) => ({
    source: found.source,
    id: found.sourceId,
    sourceName: sourceLabel(deps, found.source),
    title: found.title,
    year: found.year ?? null,
    posterUrl: candidatePoster(deps, found),
    reasons: found.evidence.map(({ label, points }) => `${label} ${signed(points)}`),
    current: found.current,
  });
  return {
    showId: view.showId,
    title: view.title,
    year: view.year,
    query: query === "" ? view.title : query,
    matches: view.offered.map(evidence),
    candidates: view.candidates.map(candidate),
    ...(view.note === null ? {} : { problem: view.note }),
  };
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
        return reply.page(MatchPage({ ctx, page: model(deps, view, asked) }));
      },
      { params, query: t.Object({ query: t.Optional(t.String()) }), detail: { hide: true } },
    )
    .put(
      "/shows/:id/match",
      async ({ request, params }) => {
        const choice = readForm(request, choiceForm);
        const { userId, ...reply } = visit(deps, request);
        const { showId } = await matching.choose(userId, params.id, choice);
        return reply.go(paths.show(showId), { tone: "success", text: "This is the show now. Your marks moved along." });
      },
      { params, detail: { hide: true } },
    );
}
