import { Elysia } from "elysia";
import { oneEpisode } from "../../db/queries/episode-view.ts";
import { toRowId } from "../../db/row-id.ts";
import { AppError } from "../../kernel/errors.ts";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { Changed, IdParams, NoContent } from "./schemas.ts";
import { EpisodeWithPlays, Play } from "./tracker-schemas.ts";
import { episodeWithPlaysJson, playJson } from "./tracker-shapes.ts";
import { undoably } from "./undo.ts";
import { readWhen, WhenBody } from "./when.ts";

const tags = ["Episodes"];

export function createEpisodeRoutes(deps: RouteDeps) {
  const { db, clock, tracking } = deps;

  function episode(userId: number, episodeId: string) {
    const id = toRowId(episodeId);
    const found = id === null ? null : oneEpisode(db, userId, id, clock.now());
    if (found === null) throw new AppError("not-found", "This episode is not in your library.");
    return found;
  }

  return new Elysia()
    .get("/api/episodes/:id", ({ request, params }) => episodeWithPlaysJson(episode(userOf(request).id, params.id)), {
      params: IdParams,
      response: { 200: EpisodeWithPlays },
      detail: { summary: "One episode with its plays", tags },
    })
    .put(
      "/api/episodes/:id/watched",
      ({ request, params, body, set }) => {
        const { id } = userOf(request);
        const when = readWhen(deps, request, body);
        undoably(deps, id, set, () => tracking.markEpisode(id, params.id, when));
        return episodeWithPlaysJson(episode(id, params.id));
      },
      {
        params: IdParams,
        body: WhenBody,
        response: { 200: EpisodeWithPlays },
        detail: {
          summary: "Mark an episode as watched",
          description:
            "As often as you like: a watched episode stays as it is. Only the date of a mark made by hand follows a date that is given.",
          tags,
        },
      },
    )
    .put(
      "/api/episodes/:id/watched-up-to",
      ({ request, params, body, set }) => {
        const { id } = userOf(request);
        const when = readWhen(deps, request, body);
        return { changed: undoably(deps, id, set, () => tracking.markUpTo(id, params.id, when)) };
      },
      {
        params: IdParams,
        body: WhenBody,
        response: { 200: Changed },
        detail: {
          summary: "Mark everything up to an episode",
          description:
            "The show's unwatched episodes that are out, this one included, without specials. Of a special: it and the specials before it.",
          tags,
        },
      },
    )
    .delete(
      "/api/episodes/:id/watched",
      ({ request, params, set }) => {
        const { id } = userOf(request);
        undoably(deps, id, set, () => tracking.unmarkEpisode(id, params.id));
        set.status = 204;
      },
      {
        params: IdParams,
        response: { 204: NoContent },
        detail: {
          summary: "Unmark an episode",
          description: "Removes all its plays; older views on a media server do not bring them back.",
          tags,
        },
      },
    )
    .post(
      "/api/episodes/:id/plays",
      ({ request, params, body, set }) => {
        const { id } = userOf(request);
        const when = readWhen(deps, request, body);
        const { playId } = undoably(deps, id, set, () => tracking.addPlay(id, params.id, when));
        const added = episode(id, params.id).plays.find((play) => play.id === playId);
        if (added === undefined) throw new AppError("internal", "The play was not added.");
        set.status = 201;
        return playJson(added);
      },
      {
        params: IdParams,
        body: WhenBody,
        response: { 201: Play },
        detail: { summary: "Add one more viewing", tags },
      },
    );
}
