/** The media servers a user can connect. What each can do is asked of the provider, never derived from its name. */
export const PROVIDER_IDS = ["plex", "jellyfin", "emby"] as const;
export type ProviderId = (typeof PROVIDER_IDS)[number];

export function isProviderId(text: string): text is ProviderId {
  return (PROVIDER_IDS as readonly string[]).includes(text);
}

const LABELS: Record<ProviderId, string> = { plex: "Plex", jellyfin: "Jellyfin", emby: "Emby" };

export function providerLabel(id: ProviderId): string {
  return LABELS[id];
}
