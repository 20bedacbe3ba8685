import type { Connection, Pin } from "./plex-tv.ts";
import type { PlexAccount, PlexServerState } from "./plex-world.ts";
import type { World } from "./world.ts";

/** The objects plex.tv answers with. */

type Json = Record<string, unknown>;

const instant = (epochMs: number): string => new Date(epochMs).toISOString().replace(/\.\d+Z$/, "Z");

export function pinView(pin: Pin, now: number): Json {
  return {
    id: pin.id,
    code: pin.code,
    product: pin.product,
    trusted: false,
    qr: `https://plex.tv/api/v2/pins/qr/${pin.code}`,
    clientIdentifier: pin.clientIdentifier,
    location: {
      code: "DE",
      european_union_member: true,
      continent_code: "EU",
      country: "Germany",
      city: "Bonn",
      time_zone: "Europe/Berlin",
      postal_code: "53111",
      in_privacy_restricted_country: true,
      in_privacy_restricted_region: true,
      subdivisions: "North Rhine-Westphalia",
      coordinates: "50.7, 7.1",
    },
    expiresIn: Math.max(0, Math.round((pin.expiresAt - now) / 1000)),
    createdAt: instant(pin.createdAt),
    expiresAt: instant(pin.expiresAt),
    authToken: pin.authToken,
    newRegistration: pin.authToken === null ? null : false,
  };
}

export function userView(world: World, account: PlexAccount, token: string): Json {
  const home = world.accounts.find(
    (owner) => owner === account || owner.home.some((entry) => entry.member === account),
  );
  const managed = home?.home.find((entry) => entry.member === account)?.managed ?? false;
  return {
    id: account.id,
    uuid: account.uuid,
    username: managed ? "" : account.username,
    title: account.title,
    email: managed ? "" : account.email,
    friendlyName: "",
    locale: null,
    confirmed: true,
    joinedAt: 1_600_000_000,
    emailOnlyAuth: false,
    hasPassword: true,
    protected: false,
    thumb: `https://plex.tv/users/${account.uuid}/avatar?c=1700000000`,
    authToken: token,
    mailingListStatus: "unsubscribed",
    mailingListActive: false,
    scrobbleTypes: "",
    country: "DE",
    subscription: {
      active: account.plexPass,
      subscribedAt: account.plexPass ? "2021-10-01T01:02:03Z" : null,
      status: account.plexPass ? "Active" : "Inactive",
      paymentService: account.plexPass ? "braintree" : null,
      plan: account.plexPass ? "lifetime" : null,
      features: account.plexPass ? ["webhooks", "home", "pass", "sync"] : ["home"],
    },
    subscriptionDescription: null,
    restricted: managed,
    anonymous: null,
    home: account.home.length > 0 || home !== account,
    guest: false,
    homeSize: account.home.length + 1,
    homeAdmin: account.home.length > 0,
    maxHomeSize: 15,
    rememberExpiresAt: Math.floor(world.now() / 1000) + 1_209_600,
    // A text since July 2026, a list before.
    profile: { autoSelectAudio: true, defaultAudioLanguage: "de", defaultAudioLanguages: "de,en" },
    entitlements: [],
    twoFactorEnabled: false,
    backupCodesCreated: false,
  };
}

export function serverView(
  server: PlexServerState,
  account: PlexAccount,
  connections: Connection[],
  now: number,
): Json | null {
  const owned = server.owner === account;
  const share = server.shares.find((candidate) => candidate.account === account);
  if (!owned && share === undefined) return null;
  return {
    name: server.name,
    product: "Plex Media Server",
    productVersion: server.version,
    platform: server.platform,
    platformVersion: "6.1",
    device: "Docker Container",
    clientIdentifier: server.machineIdentifier,
    createdAt: "2024-01-01T12:12:24Z",
    lastSeenAt: instant(now - 60_000),
    provides: "server",
    ownerId: owned ? null : server.owner.id,
    sourceTitle: owned ? null : server.owner.title,
    publicAddress: "203.0.113.7",
    accessToken: owned ? server.ownerAccessToken : (share?.accessToken ?? ""),
    owned,
    home: !owned && server.owner.home.some((entry) => entry.member === account),
    synced: false,
    relay: true,
    presence: true,
    httpsRequired: false,
    publicAddressMatches: owned,
    dnsRebindingProtection: false,
    natLoopbackSupported: false,
    connections,
  };
}

/** Null for an account that belongs to no home. */
export function homeView(world: World, account: PlexAccount): Json | null {
  const owner = world.accounts.find(
    (candidate) => candidate === account || candidate.home.some((entry) => entry.member === account),
  );
  if (owner === undefined) return null;
  // The types drift from row to row: numbers as text, dates in two ways, and managed members lack name and address.
  const row = (member: PlexAccount, admin: boolean, pin: string | null, managed: boolean): Json => ({
    id: managed ? String(member.id) : member.id,
    uuid: member.uuid,
    title: member.title,
    ...(managed ? {} : { username: member.username, email: member.email }),
    friendlyName: null,
    thumb: `https://plex.tv/users/${member.uuid}/avatar`,
    hasPassword: !managed,
    restricted: managed,
    updatedAt: managed ? "2023-11-14T22:13:20Z" : 1_700_000_000,
    restrictionProfile: null,
    admin,
    guest: false,
    protected: pin !== null,
  });
  return {
    id: owner.id + 5,
    name: `${owner.title}'s home`,
    guestUserID: null,
    guestUserUUID: "",
    guestEnabled: false,
    subscription: owner.plexPass,
    users: [
      row(owner, true, null, false),
      ...owner.home.map((entry) => row(entry.member, false, entry.pin, entry.managed)),
    ],
  };
}

/** A player in the list of resources: neither token nor addresses. */
export function playerView(account: PlexAccount, now: number): Json {
  return {
    name: "Living Room",
    product: "Plex for LG",
    productVersion: "5.90.0",
    platform: "webOS",
    platformVersion: "6.0",
    device: "LG TV",
    clientIdentifier: `player-${account.uuid}`,
    createdAt: "2024-03-01T12:12:24Z",
    lastSeenAt: instant(now - 600_000),
    provides: "client,player,pubsub-player",
    ownerId: null,
    sourceTitle: null,
    publicAddress: "203.0.113.7",
    owned: true,
    home: false,
    synced: false,
    relay: false,
    presence: true,
    httpsRequired: false,
    publicAddressMatches: true,
  };
}
