/** The media servers a user can connect, as people call them. What each can do is asked of the provider, never derived from its name. */
const PROVIDERS = { plex: "Plex", jellyfin: "Jellyfin", emby: "Emby" } as const;
export type ProviderId = keyof typeof PROVIDERS;

export function isProviderId(text: string): text is ProviderId {
  return Object.hasOwn(PROVIDERS, text);
}

export const PROVIDER_IDS: readonly ProviderId[] = Object.keys(PROVIDERS).filter(isProviderId);

/** What is stored may come from a program that knew more kinds: those go by their id. */
export function providerLabel(id: string): string {
  return isProviderId(id) ? PROVIDERS[id] : id;
}

const eitherOf = (names: readonly string[]): string => `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;

/** "plex, jellyfin or emby" */
export const PROVIDER_CHOICE = eitherOf(PROVIDER_IDS);
/** "Plex, Jellyfin or Emby" */
export const PROVIDER_NAMES = eitherOf(Object.values(PROVIDERS));
