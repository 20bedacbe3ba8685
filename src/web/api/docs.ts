import { Elysia } from "elysia";
import type { OpenApiDocument, RouteDeps } from "../deps.ts";
import { renderReference } from "../reference.tsx";
import { json, page } from "../respond.ts";

export function createDocsRoutes({ openapi, paths, assetUrl }: RouteDeps) {
  // Routes are fixed once the server runs, and so is their description.
  let made: OpenApiDocument | undefined;
  const description = () => {
    made ??= openapi();
    return made;
  };
  return new Elysia()
    .get("/api/openapi.json", () => json(description()), {
      detail: {
        summary: "This description, as OpenAPI 3.1",
        tags: ["Server"],
        responses: { 200: { description: "The document", content: { "application/json": {} } } },
      },
    })
    .get(
      "/api/docs",
      () => {
        const links = { home: paths.home(), openapi: paths.api.openapi(), stylesheet: assetUrl("app.css") };
        return page(renderReference(description(), links));
      },
      { detail: { hide: true } },
    );
}
