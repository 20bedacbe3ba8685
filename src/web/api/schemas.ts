import { Type } from "@sinclair/typebox";
import { t } from "elysia";
import { toIso } from "../../domain/instant.ts";
import { LONGEST_MINIMUM, NUMBERINGS, type Preferences as Settings, WATCHED_FROM } from "../../domain/preferences.ts";
import { LIST_NAMES } from "../../domain/show-list.ts";
import { SYNC_ERROR_KINDS, SYNC_MODES, SYNC_STATUSES, SYNC_TRIGGERS } from "../../domain/sync.ts";

// Shapes that several resources share. What a schema does not name is left out of the answer.

/** An instant as the outside sees it. */
export const iso = toIso;

export function isoOrNull(at: number | null): string | null {
  return at === null ? null : toIso(at);
}

// A plain string to the validator: checking the format of what we wrote ourselves costs time on long lists.
export const Iso = t.String({ description: "ISO 8601, UTC", examples: ["2026-08-31T19:30:00.000Z"] });
export const IsoOrNull = t.Union([Iso, t.Null()]);
/** Whole numbers of answers. The framework's own also reads them out of text, and compiles a check for that wherever one is named. */
export const Whole = Type.Integer;
export const Id = t.String({ description: "Opaque id" });
export const TextOrNull = t.Union([t.String(), t.Null()]);
export const IdParams = t.Object({ id: t.String() });

export function oneOf<const Names extends readonly string[]>(names: Names) {
  return t.Unsafe<Names[number]>(t.Union(names.map((name) => t.Literal(name))));
}

const ClockTime = t.String({ pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$", examples: ["23:00"] });

export const Role = oneOf(["admin", "member"]);

export const Theme = oneOf(["auto", "dark", "light"]);
export const DateFormat = oneOf(["auto", "dmy", "mdy", "ymd"]);

const userFields = {
  id: Id,
  username: t.String(),
  role: Role,
  timezone: t.String(),
  theme: Theme,
  dateFormat: DateFormat,
  titleLanguage: t.Union([t.String(), t.Null()], { description: "`de`, `pt-BR`; null: as the sources name things" }),
};

export const User = t.Object(userFields);

export const Person = t.Object({
  ...userFields,
  lastSeenAt: IsoOrNull,
  shows: Whole({ description: "In this user's library" }),
});

/** Nothing here ever removes a play that is there; it decides what is brought from the next sync on. */
const preferenceFields = {
  watchedFrom: t.Union([t.Integer({ minimum: WATCHED_FROM.least, maximum: WATCHED_FROM.most }), t.Null()], {
    description:
      "A view that was broken off counts as watched from this percentage on; null: only what the server itself counts",
  }),
  minMinutes: t.Integer({ minimum: 0, maximum: LONGEST_MINIMUM, description: "Shorter videos are not read" }),
  specials: oneOf(["read", "skip"]),
  rewatches: t.Unsafe<Settings["rewatches"]>(
    t.Union([t.Literal("all"), t.Literal("first")], {
      description: "first: an episode that has a play gets no further one",
    }),
  ),
  since: t.Union([t.String(), t.Null()], {
    description: "YYYY-MM-DD, in the user's time zone: dated plays before it are not brought",
  }),
  addTo: oneOf(["automatic", ...LIST_NAMES]),
  onlyKnownShows: t.Boolean({ description: "Nothing is brought of shows that are not in the library" }),
  newLibraries: oneOf(["on", "off"]),
  pushDates: t.Boolean({
    description:
      "Two-way sync sends the date of the play, where the server keeps one; else the server takes the moment",
  }),
  quietHours: t.Union([t.Object({ from: ClockTime, to: ClockTime }), t.Null()], {
    description: "No scheduled sync begins between these times of the user's clock",
  }),
};

export const Preferences = t.Object(preferenceFields);
export const PreferencesChange = t.Partial(Preferences, { additionalProperties: false });
export const NumberingName = oneOf(NUMBERINGS);

const Health = t.Object({
  since: Iso,
  failures: t.Integer({ description: "In a row" }),
  lastFailure: Iso,
  nextTry: t.Union([Iso, t.Null()], { description: "null: not before you do something" }),
  tried: t.Union([
    t.Object({
      at: Iso,
      addresses: t.Array(
        t.Object({
          uri: t.String(),
          kind: oneOf(["local", "remote", "relay", "typed"]),
          reason: t.Union([t.String(), t.Null()], { description: "Why it did not answer" }),
        }),
      ),
    }),
    t.Null(),
  ]),
  needsYou: t.Boolean({ description: "A sign-in is needed, or it has lasted too long to pass by itself" }),
  dismissed: t.Boolean(),
});

export const Integration = t.Object({
  id: Id,
  provider: t.String(),
  serverUrl: t.String(),
  serverName: t.String(),
  serverVersion: TextOrNull,
  connectionKind: t.String({ description: "local, remote, relay or typed" }),
  owned: t.Boolean({ description: "False for a server that somebody shares with this account" }),
  machineIdentifier: t.String(),
  username: t.String(),
  email: TextOrNull,
  throughHome: t.Boolean({ description: "Linked through somebody's household, without a sign-in of its own" }),
  byKey: t.Boolean({ description: "Connected with a key of the server's, by an admin" }),
  plexUsername: t.String({ description: "The account's name on the media server; the same as username" }),
  plexEmail: TextOrNull,
  lastSync: IsoOrNull,
  enabled: t.Boolean(),
  autoSync: t.Boolean(),
  schedule: t.String({ description: "Five cron fields, in the user's time zone" }),
  nextSync: IsoOrNull,
  status: oneOf(["ok", "unreachable", "needs-login"]),
  statusMessage: TextOrNull,
  health: t.Union([Health, t.Null()], { description: "null while all is well" }),
  unmarks: oneOf(["ignore", "follow"]),
  addShows: oneOf(["watched", "all"]),
  preferences: Preferences,
  twoWay: t.Boolean({ description: "Marks made here go to the server too" }),
  twoWaySince: t.Union([Iso, t.Null()], {
    description: "null while what it would change at first has not been agreed to; nothing is sent until then",
  }),
  historyNote: TextOrNull,
  insecureTls: t.Boolean(),
  createdAt: Iso,
  updatedAt: Iso,
});

export const SignInAccount = t.Object({
  id: Id,
  provider: t.String(),
  accountId: t.Union([t.String(), t.Null()], { description: "null: allowed by name, and nobody has signed in yet" }),
  accountName: t.String(),
  userId: t.Union([t.String(), t.Null()], { description: "null: the first sign-in makes a new user" }),
  username: TextOrNull,
  createdAt: Iso,
  lastUsedAt: IsoOrNull,
});

export const HomeOffer = t.Object({
  id: Id,
  memberName: t.String(),
  asksPin: t.Boolean(),
  serverName: t.String(),
  provider: t.String(),
  username: t.String({ description: "Who offers it" }),
  createdAt: Iso,
});

export const SyncError = t.Object({
  kind: oneOf(SYNC_ERROR_KINDS),
  show: t.Optional(t.String()),
  episode: t.Optional(t.String()),
  message: t.String(),
  hint: t.String({ description: "What the user can do" }),
});

export const Progress = t.Object({
  phase: t.String(),
  done: Whole(),
  total: Whole({ description: "0 while the server has not said how many" }),
  showsSynced: Whole(),
  episodesSynced: Whole(),
});

const syncLogFields = {
  id: Id,
  integrationId: Id,
  provider: t.String(),
  trigger: oneOf(SYNC_TRIGGERS),
  mode: oneOf(SYNC_MODES),
  status: oneOf(SYNC_STATUSES),
  showsSynced: Whole({ description: "Distinct watched shows this run covered" }),
  episodesSynced: Whole({ description: "Distinct watched episodes this run covered" }),
  watchesAdded: Whole({ description: "Plays that were new" }),
  watchesRemoved: Whole(),
  showsDoubtful: Whole(),
  errors: t.Array(SyncError),
  notes: t.Array(t.String()),
  held: t.Union([t.Object({ removals: Whole(), existing: Whole() }), t.Null()]),
  duration: t.Number({ description: "Milliseconds; so far, while it runs" }),
  startedAt: Iso,
  syncedAt: IsoOrNull,
  progress: t.Union([Progress, t.Null()]),
};

export const SyncLog = t.Object(syncLogFields);

export const SyncItem = t.Object({
  serverShow: t.String(),
  showId: TextOrNull,
  title: t.String(),
  year: t.Union([Whole(), t.Null()]),
  method: t.String({ description: "How the show was matched" }),
  confidence: t.Number(),
  outcome: oneOf(["added", "unchanged", "removed", "doubtful", "failed"]),
  episodes: Whole(),
  added: Whole(),
  removed: Whole(),
  notes: t.Array(t.String()),
  plan: t.Array(
    t.Object({
      season: Whole(),
      number: t.Union([Whole(), t.Null()]),
      title: TextOrNull,
      watchedAt: IsoOrNull,
      certainty: t.String(),
      action: oneOf(["add", "remove", "leave-out"]),
    }),
    { description: "For previews and held runs: the first 100 changes" },
  ),
});

export const SyncLogWithItems = t.Object({ ...syncLogFields, items: t.Array(SyncItem) });

export const SyncStarted = t.Object({ syncId: Id });
export const Changed = t.Object({ changed: Whole({ description: "Episodes that were not watched before" }) });
export const NoContent = t.Void({ description: "Done" });
