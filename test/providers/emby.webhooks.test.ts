import { describe, expect, test } from "bun:test";
import type { WebhookListener } from "../../src/providers/contract.ts";
import { readWebhook } from "../../src/providers/emby/webhooks.ts";

const server = "f40a00000000000000000000000000aa";
const anna: WebhookListener = {
  serverId: server,
  owned: false,
  account: { id: "e6a900000000000000000000000000bb", username: "anna", email: null },
};

type Fields = Record<string, unknown>;

const item = {
  Name: "The Door",
  ServerId: server,
  Id: "240252",
  Type: "Episode",
  SeriesName: "Sample Show",
  SeriesId: "240202",
  ParentIndexNumber: 1,
  IndexNumber: 3,
  ProviderIds: { Tvdb: "5550001" },
};

const message = (event: string, change: Fields = {}): Fields => ({
  Title: "anna has finished playing Sample Show - S1, Ep3 - The Door on Firefox",
  Date: "2025-03-02T20:49:07.8523469Z",
  Event: event,
  User: { Name: "anna", Id: anna.account.id },
  Item: item,
  Server: { Name: "Home", Id: server, Version: "4.9.1.90" },
  Session: { Client: "Emby Web", DeviceName: "Firefox", Id: "c3" },
  ...change,
});

const stop = (PlayedToCompletion?: unknown, change: Fields = {}): Fields =>
  message("playback.stop", { PlaybackInfo: { PlayedToCompletion, PositionTicks: 27_900_000_000 }, ...change });
const asField = (fields: Fields) => ({ data: JSON.stringify(fields) });

const watched = { kind: "watched", itemId: "240252", viewCount: null };
const changed = { kind: "changed", itemId: "240252" };

describe("a message of Emby is news", () => {
  const used: [string, unknown, object][] = [
    ["that it was played to its end", stop(true), watched],
    ["as the field of a form", asField(stop(true)), watched],
    ["with a flag as text", stop("True"), watched],
    ["near the end", message("playback.scrobble"), watched],
    ["that it was marked", message("item.markplayed"), changed],
    ["that it was unmarked", asField(message("item.markunplayed")), changed],
    ["with ids as numbers", message("item.markplayed", { Item: { ...item, Id: 240_252 } }), changed],
    [
      "with an account's id in dashes",
      message("item.markplayed", { User: { Id: "E6A90000-0000-0000-0000-0000000000BB" } }),
      changed,
    ],
    [
      "that an episode was added, which is nobody's doing",
      message("library.new", { User: undefined }),
      { kind: "added" },
    ],
  ];
  test.each(used)("%s", (_, body, news) => expect(readWebhook(body, anna)).toMatchObject({ news }));

  test("and says for people what it is about", () => {
    expect(readWebhook(stop(true), anna).title).toBe("Sample Show · S1 E3 · The Door");
  });

  test("that is the same when it comes twice, but not a mark that is set once more", () => {
    const print = (body: unknown) => readWebhook(body, anna).fingerprint;
    const later = { Date: "2025-03-02T20:49:09Z" };
    expect(print(asField(stop(true)))).toBe(print(stop(true, later)));
    expect(print(message("item.markplayed", later))).not.toBe(print(message("item.markplayed")));
    expect(print(message("item.markunplayed"))).not.toBe(print(message("item.markplayed")));
  });
});

describe("a test of Emby is received", () => {
  const tests: [string, unknown][] = [
    ["up to 4.9, without a text", ""],
    ["of the notification", message("system.notificationtest", { User: undefined, Item: undefined })],
    ["of the webhook, in a form", asField({ Title: "Test", Event: "system.webhooktest" })],
  ];
  test.each(tests)("%s", (_, body) => {
    expect(readWebhook(body, anna)).toMatchObject({
      news: null,
      isTest: true,
      reason: expect.stringMatching(/^Test received/),
    });
  });
});

describe("a message of Emby is left alone", () => {
  const ignored: [string, unknown, RegExp][] = [
    ["nothing", null, /not a message/],
    ["a list", [stop(true)], /not a message/],
    ["text", "playback.stop", /not a message/],
    ["a field that breaks off", { data: '{"Event":"play' }, /not a message/],
    ["a form with other fields", { payload: "{}" }, /not a message/],
    ["no event", message("", { Event: undefined }), /not a message/],
    ["a stop in the middle", stop(false), /before its end/],
    ["a stop that does not say", stop(), /before its end/],
    ["a stop without its place", message("playback.stop"), /before its end/],
    ["a beginning", message("playback.start"), /only begun/],
    ["a pause", message("playback.pause"), /only pauses/],
    ["going on", message("playback.unpause"), /goes on/],
    ["a rating", message("item.rate"), /[Rr]ating/],
    ["a sign-in", message("user.authenticated"), /not about what you/],
    ["nobody", stop(true, { User: undefined }), /who\. .*Limit user events to/],
    ["a name without an id", stop(true, { User: { Name: "anna" } }), /who\. /],
    ["somebody else", stop(true, { User: { Id: "other", Name: "anna" } }), /another account/],
    ["another server", stop(true, { Server: { Id: "other" } }), /another server/],
    ["no server", stop(true, { Server: undefined }), /which server/],
    ["a film", stop(true, { Item: { ...item, Type: "Movie" } }), /Films/],
    ["a whole season", message("item.markplayed", { Item: { ...item, Type: "Season" } }), /messages of their own/],
    ["several new episodes", message("library.new", { Item: { ...item, Type: "Series" } }), /messages of their own/],
    ["an episode without an id", stop(true, { Item: { ...item, Id: "" } }), /which episode/],
  ];
  test.each(ignored)("%s", (_, body, reason) => {
    const read = readWebhook(body, anna);
    expect(read).toMatchObject({ news: null, reason: expect.stringMatching(reason) });
    expect(read).not.toHaveProperty("isTest");
  });

  test("and what somebody else, or nobody known, has watched is not told", () => {
    for (const User of [undefined, { Id: "other" }]) expect(readWebhook(stop(true, { User }), anna).title).toBeNull();
  });

  test("whatever stands in its fields", () => {
    for (const name of Object.keys(stop(true))) {
      for (const value of [null, 7, "x", [], {}, true]) {
        expect(() => readWebhook({ ...stop(true), [name]: value }, anna)).not.toThrow();
      }
    }
  });
});
