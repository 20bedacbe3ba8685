import { createAuthRoutes } from "./api/auth.ts";
import { createBackupRoutes } from "./api/backups.ts";
import { createBrowseRoutes } from "./api/browse.ts";
import { createCalendarRoutes } from "./api/calendar.ts";
import { createCalendarFeedRoutes } from "./api/calendar-feeds.ts";
import { createDocsRoutes } from "./api/docs.ts";
import { createEnrichmentRoutes } from "./api/enrichment.ts";
import { createEpisodeRoutes } from "./api/episodes.ts";
import { createExportRoutes } from "./api/export.ts";
import { createHealthRoutes } from "./api/health.ts";
import { createHistoryRoutes } from "./api/history.ts";
import { createHouseholdRoutes } from "./api/households.ts";
import { createImportRoutes } from "./api/imports.ts";
import { createIntegrationRoutes } from "./api/integrations.ts";
import { createMarkRoutes } from "./api/marks.ts";
import { createMatchingRoutes } from "./api/matching.ts";
import { createNotificationRoutes } from "./api/notifications.ts";
import { createNowWatchingRoutes } from "./api/now-watching.ts";
import { createPlayRoutes } from "./api/plays.ts";
import { createPushRoutes } from "./api/pushes.ts";
import { createSearchRoutes } from "./api/search.ts";
import { createSessionRoutes } from "./api/sessions.ts";
import { createShowRoutes } from "./api/shows.ts";
import { createSignInAccountRoutes } from "./api/sign-in-accounts.ts";
import { createSignInWithRoutes } from "./api/sign-in-with.ts";
import { createSourceRoutes } from "./api/sources.ts";
import { createStatsRoutes } from "./api/stats.ts";
import { createSyncRoutes } from "./api/syncs.ts";
import { createTokenRoutes } from "./api/tokens.ts";
import { createUndoRoutes } from "./api/undo.ts";
import { createUpNextRoutes } from "./api/up-next.ts";
import { createUserRoutes } from "./api/users.ts";
import { createWebhookRoutes } from "./api/webhooks.ts";
import { createCalendarFile } from "./calendar-file.ts";
import type { RouteFactory } from "./deps.ts";
import { createEventRoutes } from "./events.ts";
import { createImageRoutes } from "./images.ts";
import { pages } from "./pages/table.ts";

/** Everything that is served, in the order of the documentation. The last of two equal routes would win silently. */
export const apiRoutes: readonly RouteFactory[] = [
  createHealthRoutes,
  createAuthRoutes,
  createSignInWithRoutes,
  createSessionRoutes,
  createUserRoutes,
  createSignInAccountRoutes,
  createTokenRoutes,
  createIntegrationRoutes,
  createWebhookRoutes,
  createHouseholdRoutes,
  createPushRoutes,
  createSyncRoutes,
  createEnrichmentRoutes,
  createSourceRoutes,
  createNotificationRoutes,
  createShowRoutes,
  createMatchingRoutes,
  createEpisodeRoutes,
  createMarkRoutes,
  createPlayRoutes,
  createUpNextRoutes,
  createNowWatchingRoutes,
  createHistoryRoutes,
  createCalendarRoutes,
  createCalendarFeedRoutes,
  createStatsRoutes,
  createSearchRoutes,
  createBrowseRoutes,
  createUndoRoutes,
  createBackupRoutes,
  createExportRoutes,
  createImportRoutes,
  createDocsRoutes,
];

export const pageRoutes: readonly RouteFactory[] = [createEventRoutes, createImageRoutes, createCalendarFile, ...pages];
