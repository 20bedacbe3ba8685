import { Elysia, t } from "elysia";
import { shownTitle } from "../db/queries/view.ts";
import { hue, initials } from "../domain/title.ts";
import type { Artwork } from "../services/artwork/service.ts";
import { showOf } from "../services/tracking/targets.ts";
import { knowsTag } from "./conditional.ts";
import { userOf } from "./context.ts";
import type { RouteDeps } from "./deps.ts";

/** An address with a version never shows another picture. */
const FOR_EVER = "private, max-age=31536000, immutable";
const AN_HOUR = "private, max-age=3600";
/** The real poster may be there soon. */
const FIVE_MINUTES = "private, max-age=300";

export type ImageDeps = RouteDeps & { artwork: Artwork };

/** A name stands for one picture of a source as long as this program runs. */
const A_DAY = "private, max-age=86400";

export function createImageRoutes({ db, artwork, candidatePosters }: ImageDeps) {
  return new Elysia()
    .get(
      "/images/shows/:id/poster",
      async ({ request, params, query }) => {
        const userId = userOf(request).id;
        const showId = showOf(db, userId, params.id);
        const poster = await artwork.poster(showId);
        if (poster === null) return drawn(shownTitle(db, userId, showId) ?? "");
        const headers = { "cache-control": query.v === undefined ? AN_HOUR : FOR_EVER, etag: poster.etag };
        if (knowsTag(request, poster.etag)) return new Response(null, { status: 304, headers });
        // Read before answering: a file that goes away now must not become a broken picture with a good status.
        const bytes = await Bun.file(poster.file).bytes();
        return new Response(bytes, { headers: { ...headers, "content-type": poster.type } });
      },
      {
        params: t.Object({ id: t.String() }),
        query: t.Object({ v: t.Optional(t.String({ maxLength: 40 })) }),
        detail: { hide: true },
      },
    )
    .get(
      "/images/candidates/:key",
      async ({ request, params }) => {
        userOf(request);
        const picture = await candidatePosters.picture(params.key);
        // The poster drawn on the page stays visible where none comes.
        if (picture === null) return new Response(null, { status: 404, headers: { "cache-control": FIVE_MINUTES } });
        return new Response(picture.bytes, { headers: { "cache-control": A_DAY, "content-type": picture.type } });
      },
      { params: t.Object({ key: t.String({ maxLength: 64 }) }), detail: { hide: true } },
    );
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** A poster for shows without one: the title's initials on a colour of its own. */
export function posterSvg(title: string): string {
  const letters = initials(title).replace(/[&<>"']/g, (char) => entities[char] ?? "");
  const angle = hue(title);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 300" width="200" height="300"><rect width="200" height="300" fill="hsl(${angle} 32% 26%)"/><text x="100" y="150" fill="hsl(${angle} 40% 84%)" font-family="system-ui, sans-serif" font-size="72" font-weight="600" text-anchor="middle" dominant-baseline="central">${letters}</text></svg>`;
}

function drawn(title: string): Response {
  return new Response(posterSvg(title), {
    headers: {
      "content-type": "image/svg+xml",
      "cache-control": FIVE_MINUTES,
      "content-security-policy": "default-src 'none'; sandbox",
    },
  });
}
