import type { User } from "../../services/accounts/types.ts";
import type { OfferView } from "../../services/households/types.ts";
import type { HealthView, IntegrationView } from "../../services/integrations/types.ts";
import type { SignInAccountView } from "../../services/sign-ins/types.ts";
import type { SyncItemView, SyncLogView } from "../../services/sync/types.ts";
import { iso, isoOrNull } from "./schemas.ts";

// From what the services know to what the API says: ISO times, the guide's names.

export function userJson(user: User, installationZone: string) {
  const { id, username, role, timeZone, theme, dateFormat, titleLanguage } = user;
  return { id: String(id), username, role, timezone: timeZone ?? installationZone, theme, dateFormat, titleLanguage };
}

export function integrationJson(view: IntegrationView) {
  return {
    ...view,
    plexUsername: view.username,
    plexEmail: view.email,
    lastSync: isoOrNull(view.lastSync),
    twoWaySince: isoOrNull(view.twoWaySince),
    nextSync: isoOrNull(view.nextSync),
    health: view.health === null ? null : healthJson(view.health),
    createdAt: iso(view.createdAt),
    updatedAt: iso(view.updatedAt),
  };
}

export function signInAccountJson({ userId, createdAt, lastUsedAt, ...account }: SignInAccountView) {
  return {
    ...account,
    userId: userId === null ? null : String(userId),
    createdAt: iso(createdAt),
    lastUsedAt: isoOrNull(lastUsedAt),
  };
}

export function homeOfferJson(offer: OfferView) {
  return { ...offer, createdAt: iso(offer.createdAt) };
}

function healthJson({ tried, ...health }: HealthView) {
  return {
    ...health,
    since: iso(health.since),
    lastFailure: iso(health.lastFailure),
    nextTry: isoOrNull(health.nextTry),
    tried:
      tried === null
        ? null
        : { at: iso(tried.at), addresses: tried.addresses.map(({ url, ...rest }) => ({ uri: url, ...rest })) },
  };
}

export function syncLogJson(log: SyncLogView) {
  return { ...log, startedAt: iso(log.startedAt), syncedAt: isoOrNull(log.syncedAt) };
}

export function syncItemJson(item: SyncItemView) {
  return { ...item, plan: item.plan.map((each) => ({ ...each, watchedAt: isoOrNull(each.watchedAt) })) };
}
