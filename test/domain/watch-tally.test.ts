import { describe, expect, test } from "bun:test";
import { DAY_MS, dateToInstant, dayNumber, HOUR_MS } from "../../src/domain/instant.ts";
import { createTotals, type PlayFact, tallyPlays } from "../../src/domain/watch-tally.ts";

const [SHOW, OTHER] = [1, 2];
const utc = (): number => 0;
const unknown = (): null => null;

function play(at: string | null, episodeId: number, more: Partial<PlayFact> = {}): PlayFact {
  return { at: at === null ? null : Date.parse(at), episodeId, showId: SHOW, runtimeMin: 30, ...more };
}

describe("a tally", () => {
  test("counts plays, different episodes and time, for ever and for each year", () => {
    const { whole, years } = tallyPlays(
      [
        play("2023-12-31T20:00:00Z", 1),
        play("2024-01-01T20:00:00Z", 1),
        play("2024-01-01T21:00:00Z", 2),
        play("2024-06-01T20:00:00Z", 9, { showId: OTHER, runtimeMin: null }),
      ],
      utc,
      unknown,
    );
    expect(whole).toMatchObject({ plays: 4, episodes: 3, rewatches: 1, minutes: 90, withoutRuntime: 1 });
    expect([...years.keys()]).toEqual([2023, 2024]);
    expect(years.get(2024)).toMatchObject({ plays: 3, episodes: 3, rewatches: 1, minutes: 60 });
    expect(years.get(2024)?.shows.get(SHOW)).toEqual({ plays: 2, episodes: 2, minutes: 60 });
    expect(whole.shows.get(SHOW)).toEqual({ plays: 3, episodes: 2, minutes: 90 });
  });

  test("takes the show's runtime where the episode has none", () => {
    const facts = [play("2024-01-01T20:00:00Z", 1, { runtimeMin: null }), play("2024-01-02T20:00:00Z", 2)];
    expect(tallyPlays(facts, utc, () => 45).whole).toMatchObject({ minutes: 75, withoutRuntime: 0 });
  });

  test("calls only later viewings rewatches, in whatever order they come", () => {
    const dates = ["2022-05-01T20:00:00Z", "2023-05-01T20:00:00Z", "2024-05-01T20:00:00Z"];
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
    ]) {
      const { years, whole } = tallyPlays(
        order.map((at) => play(dates[at] ?? null, 1)),
        utc,
        unknown,
      );
      expect([2022, 2023, 2024].map((year) => years.get(year)?.rewatches)).toEqual([0, 1, 1]);
      expect(whole.rewatches).toBe(2);
    }
  });

  test("keeps plays without a date apart from every day", () => {
    const { whole, undated, days, years } = tallyPlays([play(null, 1), play(null, 1)], utc, unknown);
    expect({ plays: whole.plays, episodes: whole.episodes, undated }).toEqual({ plays: 2, episodes: 1, undated: 2 });
    expect([days, years.size, Math.max(...whole.hours)]).toEqual([[], 0, 0]);
  });

  test("gives days in order, each once", () => {
    const { days } = tallyPlays(
      [play("2024-03-02T10:00:00Z", 1), play("2024-03-01T10:00:00Z", 2), play("2024-03-02T23:59:59Z", 3)],
      utc,
      unknown,
    );
    const day = dayNumber(dateToInstant("2024-03-01") ?? 0);
    expect(days.map(({ day, plays, minutes }) => [day, plays, minutes])).toEqual([
      [day, 1, 30],
      [day + 1, 2, 60],
    ]);
  });

  const hours: [string, string, number, number, number][] = [
    ["a Sunday night that is Monday there", "2024-03-03T23:30:00Z", 1, 0, 0],
    ["a Monday morning that is Sunday there", "2024-03-04T03:00:00Z", -5, 6, 22],
    ["midnight", "2024-03-04T00:00:00Z", 0, 0, 0],
    ["a minute before midnight", "2024-03-03T23:59:00Z", 0, 6, 23],
    ["before 1970", "1969-12-31T22:00:00Z", 0, 2, 22],
  ];
  test.each(hours)("finds weekday and hour of %s", (_, at, offset, weekday, hour) => {
    const { whole } = tallyPlays([play(at, 1)], () => offset * HOUR_MS, unknown);
    expect(whole.hours.indexOf(1)).toBe(weekday * 24 + hour);
  });

  test("lets the hour that clocks show twice count twice, and the skipped one never", () => {
    const change = Date.UTC(2024, 9, 27, 1);
    const berlin = (at: number): number => (at < change ? 2 : 1) * HOUR_MS;
    const { whole, days } = tallyPlays(
      [play("2024-10-27T00:30:00Z", 1), play("2024-10-27T01:30:00Z", 2)],
      berlin,
      unknown,
    );
    expect(whole.hours[6 * 24 + 2]).toBe(2);
    expect(days.map(({ day }) => day)).toEqual([Math.floor(change / DAY_MS)]);
  });
});

describe("totals", () => {
  const first = [play("2023-12-31T20:00:00Z", 1), play("2024-01-01T20:00:00Z", 1), play(null, 2)];
  const second = [play("2024-01-01T21:00:00Z", 7, { showId: OTHER, runtimeMin: null })];
  const tally = (plays: readonly PlayFact[]) => tallyPlays(plays, utc, unknown);
  const plain = ({ whole, years, days, undated }: ReturnType<typeof tally>) => ({
    whole: { ...whole, show: null, showId: null, episodeId: null },
    years: [...years].map(([year, { plays, episodes, rewatches, minutes, shows, hours }]) => [
      year,
      { plays, episodes, rewatches, minutes, shows, hours },
    ]),
    days,
    undated,
  });

  test("of parts are what all plays at once come to, in whatever order they came", () => {
    for (const parts of [
      [first, second],
      [second, first],
    ]) {
      const totals = createTotals();
      for (const part of parts) totals.add(tally(part));
      expect(plain(totals.tally())).toEqual(plain(tally([...first, ...second])));
    }
  });

  test("forget what is taken out again, with its days, years and shows", () => {
    const totals = createTotals();
    totals.add(tally(second));
    totals.add(tally(first));
    totals.remove(tally(first));
    expect(plain(totals.tally())).toEqual(plain(tally(second)));
    totals.remove(tally(second));
    expect(plain(totals.tally())).toEqual(plain(tally([])));
  });
});
