import type { RouteFactory } from "../deps.ts";
import { createAddressPages } from "./address-sign-ins.ts";
import { createCalendarPage } from "./calendar.ts";
import { createHistoryPage } from "./history.ts";
import { createHouseholdPages } from "./households.ts";
import { createImportPages } from "./imports.ts";
import { createInstallablePages } from "./installable.ts";
import { createIntegrationSettingsPage } from "./integration-settings.ts";
import { createIntegrationPages } from "./integrations.ts";
import { createLibraryPage } from "./library.ts";
import { createLibraryActions } from "./library-actions.ts";
import { createMarkSheetPages } from "./mark-sheets.ts";
import { createMarkPages } from "./marks.ts";
import { createMatchPage } from "./match.ts";
import { createMergePage } from "./merge.ts";
import { createNowWatchingPages } from "./now-watching.ts";
import { createPinPages } from "./pins.ts";
import { createPlayPages } from "./plays.ts";
import { createSearchPage } from "./search.ts";
import { createSettingsPage } from "./settings.ts";
import { createAccountSettings } from "./settings-account.ts";
import { createDataSettings } from "./settings-data.ts";
import { createNotificationSettings } from "./settings-notifications.ts";
import { createPeopleSettings } from "./settings-people.ts";
import { createSourcesSettings } from "./settings-sources.ts";
import { createShowPage } from "./show.ts";
import { createSignInRoutes } from "./sign-in.ts";
import { createSignInWithPages } from "./sign-in-with.ts";
import { createStatsPage } from "./stats.ts";
import { createSyncPages } from "./syncs.ts";
import { createTwoWayPages } from "./two-way.ts";
import { createUndoPage } from "./undo.ts";
import { createUpNextPage } from "./up-next.ts";
import { createWebhookPages } from "./webhook.ts";

/** Every page, and the parts that belong to it. */
export const pages: readonly RouteFactory[] = [
  createSignInRoutes,
  createSignInWithPages,
  createInstallablePages,
  createUpNextPage,
  createNowWatchingPages,
  createLibraryPage,
  createLibraryActions,
  createShowPage,
  createMatchPage,
  createMergePage,
  createMarkPages,
  createUndoPage,
  createPlayPages,
  createMarkSheetPages,
  createIntegrationPages,
  createPinPages,
  createAddressPages,
  createHouseholdPages,
  createIntegrationSettingsPage,
  createWebhookPages,
  createTwoWayPages,
  createSyncPages,
  createHistoryPage,
  createCalendarPage,
  createStatsPage,
  createSearchPage,
  createSettingsPage,
  createAccountSettings,
  createSourcesSettings,
  createNotificationSettings,
  createDataSettings,
  createPeopleSettings,
  createImportPages,
];
