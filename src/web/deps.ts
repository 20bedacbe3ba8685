import type { AnyElysia } from "elysia";
import type { Paths } from "../../views/paths.ts";
import type { Accounts } from "../services/accounts/types.ts";
import type { CandidatePosters } from "../services/artwork/candidates.ts";
import type { Artwork } from "../services/artwork/service.ts";
import type { AppEvents, Deps } from "../services/context.ts";
import type { Discovery } from "../services/discovery/types.ts";
import type { Enrichment } from "../services/enrichment/service.ts";
import type { Households } from "../services/households/types.ts";
import type { Integrations } from "../services/integrations/types.ts";
import type { Maintenance } from "../services/maintenance/service.ts";
import type { EnrichmentStatus, Matching } from "../services/matching/types.ts";
import type { Notifications } from "../services/notifications/types.ts";
import type { Push } from "../services/push/types.ts";
import type { SignIns } from "../services/sign-ins/types.ts";
import type { SourceDesk } from "../services/sources/service.ts";
import type { StreamService } from "../services/stream/types.ts";
import type { SyncService } from "../services/sync/types.ts";
import type { Stats } from "../services/tracking/stats.ts";
import type { Tracking } from "../services/tracking/types.ts";
import type { Transfer } from "../services/transfer/types.ts";
import type { WebhookService } from "../services/webhooks/types.ts";
import type { Assets } from "./assets.ts";
import type { Problem } from "./errors.ts";
import type { News } from "./news.ts";
import type { Hub } from "./sse.ts";

/** What one event of the bus is called on open pages; none = nothing is said. */
export type LiveNews = <Name extends keyof AppEvents>(name: Name, payload: AppEvents[Name]) => readonly string[];

/** What the web layer is given by the composition root. */
export type WebDeps = Deps & {
  accounts: Accounts;
  integrations: Integrations;
  households: Households;
  signIns: SignIns;
  sync: SyncService;
  webhooks: WebhookService;
  stream: Pick<StreamService, "state" | "nowWatching">;
  tracking: Tracking;
  matching: Matching;
  transfer: Transfer;
  push: Push;
  artwork: Artwork;
  notifications: Notifications;
  discovery: Discovery;
  candidatePosters: CandidatePosters;
  maintenance: Maintenance;
  stats: Stats;
  enrichmentStatus(): EnrichmentStatus;
  enrichment: Pick<Enrichment, "enqueueTitles" | "lookUpAgain">;
  sourceDesk: SourceDesk;
  /** Replace the route table; for tests. */
  apiRoutes?: readonly RouteFactory[];
  pageRoutes?: readonly RouteFactory[];
  /** The HTML of an error page; without it a plain one is sent. */
  renderError?: (problem: Problem, request: Request) => string;
  live?: LiveNews;
};

/** What a route factory is given. */
export type RouteDeps = WebDeps & {
  paths: Paths;
  hub: Hub;
  news: News;
  assets: Assets;
  /** Hashed address of a file in `static/` or of the htmx package. */
  assetUrl: (name: string) => string;
  /** The OpenAPI document of everything that is served. */
  openapi: () => OpenApiDocument;
};

export type OpenApiOperation = {
  summary?: string;
  description?: string;
  tags?: string[];
  security?: Record<string, string[]>[];
  parameters?: { name: string; in: string; required?: boolean; schema?: unknown }[];
  requestBody?: { required?: boolean; content: Record<string, { schema?: unknown }> };
  responses: Record<string, { description: string; content?: Record<string, { schema?: unknown }> }>;
};

export type OpenApiDocument = {
  openapi: string;
  info: { title: string; version: string; description: string };
  servers: { url: string }[];
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, OpenApiOperation>>;
  components: Record<string, unknown>;
  security: Record<string, string[]>[];
};

export type RouteFactory = (deps: RouteDeps) => AnyElysia;
