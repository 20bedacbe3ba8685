import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { DAY_MS, HOUR_MS } from "../../src/domain/instant.ts";
import { readTarget } from "../../src/domain/notification-target.ts";
import { outageOf } from "../../src/domain/outage.ts";
import { choosePlays } from "../../src/domain/play-choice.ts";
import type { DesiredPlay } from "../../src/domain/plays.ts";
import { DEFAULT_PREFERENCES, decidesAnew, readPreferences, withPreferences } from "../../src/domain/preferences.ts";
import { isQuiet } from "../../src/domain/quiet-hours.ts";

const T = Date.UTC(2025, 5, 1, 20);
const play = (watchedAt: number | null): DesiredPlay => ({
  watchedAt,
  certainty: watchedAt === null ? "unknown" : "played",
  evidence: `history:${watchedAt}`,
});

describe("quiet hours", () => {
  test.each([
    ["23:00", "07:00", "22:59", false],
    ["23:00", "07:00", "23:00", true],
    ["23:00", "07:00", "03:00", true],
    ["23:00", "07:00", "07:00", false],
    ["09:00", "17:00", "12:00", true],
    ["09:00", "17:00", "17:00", false],
    ["09:00", "17:00", "08:59", false],
  ])("from %s to %s at %s: %p", (from, to, at, quiet) => {
    expect(isQuiet({ from, to }, at)).toBe(quiet);
  });
});

describe("choosing plays", () => {
  test.each<[string, (number | null)[], number, { rewatches: boolean; since: number | null }, (number | null)[]]>([
    ["everything", [T, T + 1, null], 3, { rewatches: true, since: null }, [T, T + 1, null]],
    ["only from a day on, and what has no date", [T - 1, T, null], 0, { rewatches: true, since: T }, [T, null]],
    ["only the first of an episode without any", [T + 1, null, T], 0, { rewatches: false, since: null }, [T]],
    ["none of an episode that has one", [T, null], 1, { rewatches: false, since: null }, []],
    ["the first of those that are recent enough", [T - 1, T + 2, T + 1], 0, { rewatches: false, since: T }, [T + 1]],
    ["one without a date when there is no other", [null, null], 0, { rewatches: false, since: T }, [null]],
  ])("%s", (_, add, stored, choice, wanted) => {
    expect(choosePlays(add.map(play), stored, choice).wanted.map(({ watchedAt }) => watchedAt)).toEqual(wanted);
  });

  test("every play is either wanted or has a reason", () => {
    const time = fc.option(fc.integer({ min: T - 9, max: T + 9 }));
    const choice = fc.record({ rewatches: fc.boolean(), since: time });
    fc.assert(
      fc.property(fc.array(time), fc.nat(2), choice, (times, stored, chosen) => {
        const add = times.map(play);
        const { wanted, unwanted } = choosePlays(add, stored, chosen);
        expect([...wanted, ...unwanted.map((each) => each.play)].toSorted(byTime)).toEqual(add.toSorted(byTime));
      }),
    );
  });

  const byTime = (a: DesiredPlay, b: DesiredPlay) => (a.watchedAt ?? 0) - (b.watchedAt ?? 0);
});

describe("stored preferences", () => {
  test.each(["", "nonsense", "[]", "null", "7", '"text"'])("%p is as if nothing had been chosen", (text) => {
    expect(readPreferences(text)).toEqual(DEFAULT_PREFERENCES);
  });

  test("one that cannot be read leaves the others as chosen", () => {
    const text =
      '{"since":"2024-02-30","minMinutes":12,"quietHours":{"from":"9"},"watchedFrom":200,"rewatches":"first"}';
    expect(readPreferences(text)).toEqual({ ...DEFAULT_PREFERENCES, minMinutes: 12, rewatches: "first" });
  });

  test("are what was put in, whatever stood there before", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        const chosen = { ...DEFAULT_PREFERENCES, specials: "skip", since: "2024-01-31", watchedFrom: 85 } as const;
        expect(readPreferences(withPreferences(text, chosen))).toEqual(chosen);
      }),
    );
  });

  test("decide anew only when they decide about plays", () => {
    const with_ = (change: Partial<typeof DEFAULT_PREFERENCES>) => ({ ...DEFAULT_PREFERENCES, ...change });
    expect(decidesAnew(DEFAULT_PREFERENCES, with_({ addTo: "later", newLibraries: "off" }))).toBe(false);
    expect(decidesAnew(DEFAULT_PREFERENCES, with_({ onlyKnownShows: true }))).toBe(true);
  });
});

describe("trouble that the user hears of", () => {
  const down = (failureLevel: number, forMs: number) =>
    outageOf({ enabled: true, status: "unreachable", failureLevel, firstFailureAt: T }, T + forMs);

  test.each<[string, ReturnType<typeof outageOf>, "failing" | "needs-login" | null]>([
    [
      "a needed sign-in, at once",
      outageOf({ enabled: true, status: "needs-login", failureLevel: 1, firstFailureAt: T }, T),
      "needs-login",
    ],
    ["three failures within minutes", down(3, HOUR_MS - 1), null],
    ["three failures over an hour", down(3, HOUR_MS), "failing"],
    ["two failures, not yet", down(2, DAY_MS - 1), null],
    ["one that lasts a day", down(1, DAY_MS), "failing"],
    [
      "a server that is switched off",
      outageOf({ enabled: false, status: "needs-login", failureLevel: 9, firstFailureAt: T }, T + 9 * DAY_MS),
      null,
    ],
    ["all well", outageOf({ enabled: true, status: "ok", failureLevel: 0, firstFailureAt: null }, T), null],
  ])("%s", (_, found, expected) => {
    expect(found).toBe(expected);
  });
});

describe("an address for notifications", () => {
  const read = (text: string) => {
    const found = readTarget(text);
    return "problem" in found ? found.problem : { ...found.target, host: found.host };
  };

  test.each<[string, Record<string, unknown>]>([
    [
      "https://example.org/hook?key=1#part",
      { kind: "webhook", url: "https://example.org/hook?key=1", credentials: null },
    ],
    [
      "http://anna:pass%20word@192.168.1.9:8123/api",
      { kind: "webhook", url: "http://192.168.1.9:8123/api", credentials: { user: "anna", password: "pass word" } },
    ],
    ["ntfys://ntfy.sh/my-episodes", { kind: "ntfy", server: "https://ntfy.sh", topic: "my-episodes" }],
    [
      "ntfy://tk_abc@nas:8080/tv/",
      { kind: "ntfy", server: "http://nas:8080", topic: "tv", credentials: { user: "tk_abc", password: "" } },
    ],
    ["discord://123/AbC-d", { kind: "discord", id: "123", token: "AbC-d", host: "discord.com" }],
    ["https://discordapp.com/api/webhooks/123/AbC-d", { kind: "discord", id: "123", token: "AbC-d" }],
    ["gotifys://push.example/sub/ToKen", { kind: "gotify", server: "https://push.example/sub", token: "ToKen" }],
    ["apprise://nas:8000/house", { kind: "apprise", server: "http://nas:8000", key: "house" }],
  ])("%s", (text, expected) => {
    expect(read(` ${text} `)).toMatchObject(expected);
  });

  test.each([
    "",
    "ntfy",
    "ntfy://host",
    "ntfys://host/a/b",
    "discord://123",
    "gotify://host",
    "apprises://host/",
    "mailto:a@b.c",
    "file:///etc/passwd",
    "ftp://host/x",
    `https://${"x".repeat(2000)}.org`,
  ])("%p is refused with what to write instead", (text) => {
    expect(read(text)).toBeString();
  });

  test("shows nothing of the secret, whatever is pasted", () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true }), (url) => {
        const found = readTarget(url);
        if ("problem" in found) return;
        expect(found.host).toBe(new URL(url).host);
      }),
    );
  });
});
