import { describe, expect, test } from "bun:test";
import type { WebhookListener } from "../../src/providers/contract.ts";
import { readWebhook } from "../../src/providers/jellyfin/webhooks.ts";

const ids = {
  server: "3f1c00000000000000000000000000aa",
  anna: "8b0d00000000000000000000000000bb",
  ben: "8b0d00000000000000000000000000cc",
  item: "9250ab3d1101d01705c353b78cbb572e",
};
const dashed = (id: string) => id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
const anna: WebhookListener = {
  serverId: ids.server,
  owned: false,
  account: { id: ids.anna, username: "anna", email: null },
};

type Fields = Record<string, unknown>;

const saved = (change: Fields = {}): Fields => ({
  ServerId: ids.server,
  ServerName: "Home",
  ServerVersion: "10.11.6",
  ServerUrl: "",
  NotificationType: "UserDataSaved",
  Timestamp: "2025-08-15T23:10:08.769802+02:00",
  UtcTimestamp: "2025-08-15T21:10:08.7698039Z",
  Name: 'The \\"Door\\"',
  Overview: "A line.",
  ItemId: ids.item,
  ItemType: "Episode",
  RunTimeTicks: 14_210_970_000,
  SeriesName: "Sample Show",
  SeriesId: "0f60e6e72a0890329b0015e48f4b655f",
  SeasonNumber: 0,
  EpisodeNumber: 3,
  Provider_tvdb: "5550001",
  PlaybackPositionTicks: 0,
  PlayCount: 1,
  Played: true,
  LastPlayedDate: "2025-08-15T21:10:08.7Z",
  SaveReason: "PlaybackFinished",
  NotificationUsername: "anna",
  UserId: ids.anna,
  ...change,
});

const stop = (change: Fields = {}): Fields => {
  const { SaveReason: _, Played: __, PlayCount: ___, LastPlayedDate: ____, ...rest } = saved();
  return { ...rest, NotificationType: "PlaybackStop", PlayedToCompletion: true, DeviceName: "Firefox", ...change };
};

const unmarked = { Played: false, PlayCount: 0, LastPlayedDate: undefined, SaveReason: "TogglePlayed" };

/** As a template writes it: everything is text, and what is missing is empty. */
const template = (fields: Fields): Fields =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      if (typeof value === "boolean") return [name, value ? "True" : "False"];
      const said = String(value ?? "");
      return [name, /^[0-9a-f]{32}$/.test(said) ? dashed(said) : said.replaceAll('"', "&quot;")];
    }),
  );

const nested = (event: string, change: Fields = {}): Fields => ({
  Event: event,
  Item: {
    Id: ids.item,
    Type: "Episode",
    Name: "The Door",
    ParentIndexNumber: 1,
    IndexNumber: 3,
    ProviderIds: { Tvdb: "5550001" },
    UserData: { Played: true, PlayCount: 1 },
  },
  User: { Id: ids.anna, Name: "anna" },
  Session: { PlayState: { PositionTicks: 9 } },
  Server: { Id: ids.server, Name: "Home", Version: "10.11.6" },
  Series: { Id: "0f60e6e72a0890329b0015e48f4b655f", Name: "Sample Show", ProviderIds: { Tvdb: "79488" } },
  ...change,
});

const watched = { kind: "watched", itemId: ids.item, viewCount: null };
const changed = { kind: "changed", itemId: ids.item };

describe("a message of Jellyfin is news", () => {
  const used: [string, unknown, object][] = [
    ["that it was played to its end", stop(), watched],
    ["that it was finished", saved(), watched],
    ["that it was marked", saved({ SaveReason: "TogglePlayed" }), changed],
    ["that another program marked it", saved({ SaveReason: "UpdateUserData" }), changed],
    ["that it was imported as watched", saved({ SaveReason: "Import" }), changed],
    ["that it was unmarked", saved(unmarked), changed],
    ["that another program unmarked it", saved({ ...unmarked, SaveReason: "UpdateUserData" }), changed],
    ["of a template: the end", template(stop()), watched],
    ["of a template: a mark", template(saved({ SaveReason: "TogglePlayed" })), changed],
    ["of a template: an unmark", template(saved(unmarked)), changed],
    ["of a template without count and date", template(saved({ ...unmarked, PlayCount: undefined })), changed],
    ["of a template with words in small letters", { ...template(stop()), PlayedToCompletion: "true" }, watched],
    [
      "as the text that an overview with a line break makes of it",
      broken(saved(), "A line.", "Two\nlines.\t"),
      watched,
    ],
    ["of a template without the kind of item", saved({ ItemType: undefined }), watched],
    ["that an episode was added, which is nobody's doing", added(), { kind: "added", itemId: ids.item }],
    ["of the unofficial plugin: near the end", nested("Scrobble"), watched],
    ["of the unofficial plugin: the end", nested("Stop"), watched],
    ["of the unofficial plugin: a mark", nested("MarkPlayed"), changed],
    ["of the unofficial plugin: an unmark", nested("MarkUnplayed"), changed],
    ["of the unofficial plugin: a new episode", nested("ItemAdded", { User: undefined }), { kind: "added" }],
  ];

  test.each(used)("%s", (_, body, news) => {
    expect(readWebhook(body, anna)).toMatchObject({ news });
  });

  test("and says for people what it is about, without the backslashes and entities of the plugin", () => {
    expect(readWebhook(saved(), anna)).toMatchObject({ event: "UserDataSaved: PlaybackFinished" });
    expect(readWebhook(saved(), anna)?.title).toBe('Sample Show · S0 E3 · The "Door"');
    const typed = template(saved({ Name: "Tom &amp; &#x27;Jo&#39; &#9999999;" }));
    expect(readWebhook(typed, anna)?.title).toBe("Sample Show · S0 E3 · Tom & 'Jo' &#9999999;");
    expect(readWebhook(nested("Stop"), anna)?.title).toBe("Sample Show · S1 E3 · The Door");
    expect(readWebhook(saved({ Name: "x".repeat(900) }), anna)?.title).toHaveLength(300);
  });

  test("that is the same however often a viewing is told, and another one for the next viewing or mark", () => {
    const print = (body: unknown) => readWebhook(body, anna)?.fingerprint;
    const later = { UtcTimestamp: "2025-08-15T21:10:11.0Z" };
    expect(print(saved(later))).toBe(print(saved()));
    expect(print(stop(later))).toBe(print(stop()));
    expect(print(saved({ PlayCount: 2 }))).not.toBe(print(saved()));
    expect(print(saved({ ItemId: ids.ben }))).not.toBe(print(saved()));
    const mark = { SaveReason: "TogglePlayed" };
    expect(print(saved({ ...mark, ...later }))).not.toBe(print(saved(mark)));
    expect(print(saved(mark))).toBe(print(saved(mark)));
  });
});

function added(): Fields {
  const { UserId: _, NotificationUsername: __, SaveReason: ___, ...rest } = saved();
  return { ...rest, NotificationType: "ItemAdded" };
}

const broken = (fields: Fields, from: string, to: string) => JSON.stringify(fields).replace(from, to);

describe("a message of Jellyfin is dropped without a word", () => {
  const dropped: [string, unknown][] = [
    ["progress", saved({ NotificationType: "PlaybackProgress" })],
    ["a save in between", saved({ SaveReason: "PlaybackProgress", Played: false })],
    ["a save at the beginning, which takes the mark away", saved({ SaveReason: "PlaybackStart", Played: false })],
    ["progress in a template that breaks", broken(saved({ SaveReason: "PlaybackProgress" }), "A line.", "A\nline.")],
    ["progress of the unofficial plugin", nested("Progress")],
  ];
  test.each(dropped)("%s", (_, body) => expect(readWebhook(body, anna)).toBeNull());
});

describe("a message of Jellyfin is left alone", () => {
  const ignored: [string, unknown, RegExp][] = [
    ["nothing at all", null, /not a message/],
    ["a list", [saved()], /not a message/],
    ["an empty template", " \n", /empty.*Send All Properties/],
    [
      "a template that is no JSON",
      '{"NotificationType": "PlaybackStop", "Name": The Door}',
      /not valid JSON.*Send All/,
    ],
    ["a template without its kind", { ItemId: ids.item, Played: "True" }, /"\{\{NotificationType\}\}"/],
    ["a template without the server", template(stop({ ServerId: undefined })), /which server.*"\{\{ServerId\}\}"/],
    ["a template without the user", template(stop({ UserId: undefined })), /who\. .*User Filter.*"\{\{UserId\}\}"/],
    ["a user left empty", stop({ UserId: "" }), /who\. /],
    ["a user who is named, but has no id", stop({ UserId: undefined, NotificationUsername: "anna" }), /who\. /],
    ["a template without the item", template(stop({ ItemId: undefined })), /which episode.*"\{\{ItemId\}\}"/],
    ["a template without the reason", template(saved({ SaveReason: undefined })), /why.*"\{\{SaveReason\}\}"/],
    ["a template without the mark", template(saved({ Played: null, SaveReason: "TogglePlayed" })), /"\{\{Played\}\}"/],
    ["another server", stop({ ServerId: ids.ben }), /another server/],
    ["somebody else", stop({ UserId: ids.ben }), /another account/],
    ["somebody else, dashed", template(stop({ UserId: ids.ben })), /another account/],
    ["a beginning", stop({ NotificationType: "PlaybackStart", PlayedToCompletion: undefined }), /only begun/],
    ["a stop in the middle", stop({ PlayedToCompletion: false }), /before its end/],
    ["a stop that does not say", stop({ PlayedToCompletion: "" }), /before its end/],
    ["a finish that did not count", saved({ Played: false }), /before its end/],
    ["a mark lost to watching it again", saved({ ...unmarked, PlayCount: 2 }), /not marked/],
    ["a mark lost, with its date", saved({ ...unmarked, LastPlayedDate: "2025-01-01T00:00:00Z" }), /not marked/],
    ["an import that takes marks away", saved({ ...unmarked, SaveReason: "Import" }), /not marked/],
    ["a rating", saved({ SaveReason: "UpdateUserRating" }), /[Rr]ating/],
    ["a film", stop({ ItemType: "Movie" }), /Films/],
    ["a song", stop({ ItemType: "Audio" }), /Music/],
    ["a season", saved({ ItemType: "Season", SaveReason: "TogglePlayed" }), /messages of their own/],
    ["live TV", stop({ ItemType: "TvChannel" }), /Live TV/],
    ["something else", stop({ ItemType: "Book" }), /not about an episode/],
    ["a restart", { NotificationType: "PendingRestart", ServerId: ids.server }, /not about what you/],
    ["the unofficial plugin: a pause", nested("Pause"), /only pauses/],
    ["the unofficial plugin: a beginning", nested("Play"), /only begun/],
    ["the unofficial plugin: going on", nested("Resume"), /goes on/],
    ["the unofficial plugin: a rating", nested("Rate"), /[Rr]ating/],
    ["the unofficial plugin: a stop in the middle", nested("Stop", { Item: { Id: ids.item } }), /before its end/],
    ["the unofficial plugin: nobody", nested("Stop", { User: undefined }), /who\. .*Default/],
    ["the unofficial plugin: somebody else", nested("MarkPlayed", { User: { Id: ids.ben } }), /another account/],
    ["the unofficial plugin: another server", nested("Stop", { Server: { Id: "x" } }), /another server/],
    ["the unofficial plugin: no server", nested("Stop", { Server: undefined }), /which server/],
  ];

  test.each(ignored)("%s", (_, body, reason) => {
    expect(readWebhook(body, anna)).toMatchObject({ news: null, reason: expect.stringMatching(reason) });
  });

  test("and what somebody else, or nobody known, has watched is not told", () => {
    for (const UserId of [ids.ben, undefined, ""]) expect(readWebhook(stop({ UserId }), anna)?.title).toBeNull();
    expect(readWebhook(stop({ ServerId: ids.ben }), anna)?.title).toBeNull();
    expect(readWebhook(nested("Stop", { User: { Id: ids.ben } }), anna)?.title).toBeNull();
  });

  test("but its kind is said, also where the text is broken", () => {
    expect(readWebhook('{"NotificationType": "PlaybackStop", "Name": The}', anna)?.event).toBe("PlaybackStop");
    expect(readWebhook(stop({ NotificationType: "x".repeat(99) }), anna)?.event).toHaveLength(60);
  });

  test("whatever stands in its fields", () => {
    const odd = [null, 7, -0, "x", [], {}, true, "<img src=x onerror=alert(1)>", "9".repeat(400), "&#0;&#x110000;"];
    for (const name of Object.keys(saved())) {
      for (const value of odd) expect(() => readWebhook(saved({ [name]: value }), anna)).not.toThrow();
    }
    for (const name of ["Event", "Item", "User", "Server", "Series"]) {
      for (const value of odd) expect(() => readWebhook({ ...nested("Stop"), [name]: value }, anna)).not.toThrow();
    }
  });
});
