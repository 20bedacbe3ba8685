import { Elysia, t } from "elysia";
import { episodeCode } from "../../views/parts/episode-row.tsx";
import { type CalendarItem, calendar } from "../db/queries/calendar.ts";
import { settingOr } from "../db/repos/settings.ts";
import { type CalendarEvent, icalendar } from "../domain/icalendar.ts";
import { DAY_MS, dateToInstant, SECOND_MS, toDate } from "../domain/instant.ts";
import type { Milestone } from "../domain/milestone.ts";
import { isListName } from "../domain/show-list.ts";
import { AppError } from "../kernel/errors.ts";
import { randomUuid, sha256Hex } from "../kernel/ids.ts";
import { addDays, dateIn, startOfDate } from "../services/tracking/zoned-days.ts";
import { zoneOf } from "./api/times.ts";
import { isKnown } from "./conditional.ts";
import { contextOf } from "./context.ts";
import type { RouteDeps } from "./deps.ts";
import { publicUrl } from "./public-url.ts";

const NAME = "Episode Tracker";
const DAYS_BACK = 30;
/** Nobody announces more. */
const LATEST = "2199-01-01";
const REFRESH_HOURS = 6;
const HEADERS = { "content-type": "text/calendar; charset=utf-8", "cache-control": "private, max-age=900" };
/** As many answers are remembered with the time at which they became what they are. */
const MOST_REMEMBERED = 500;

export const MILESTONE_WORDS: Record<Milestone, string> = {
  "series-premiere": "Series premiere",
  "season-premiere": "Season premiere",
  "season-finale": "Season finale",
  "series-finale": "Series finale",
};

function startOf({ episode, runtimeMin }: CalendarItem): CalendarEvent["start"] {
  const { airedAt, airedExact } = episode;
  if (airedExact) return { at: airedAt, minutes: runtimeMin };
  return { date: toDate(airedAt), next: toDate(airedAt + DAY_MS) };
}

function summaryOf({ show, episode }: CalendarItem): string {
  const named = `${show.title} ${episodeCode(episode.season, episode.number)}`;
  return episode.title === null ? named : `${named} · ${episode.title}`;
}

function descriptionOf({ show, episode, milestone, watched }: CalendarItem): string {
  const { season, number } = episode;
  const place = season === 0 ? "Special" : `Season ${season}${number === null ? "" : `, episode ${number}`}`;
  const lines = [
    show.year === null ? show.title : `${show.title} (${show.year})`,
    place,
    milestone === null ? "" : MILESTONE_WORDS[milestone],
    watched ? "Watched" : "",
  ];
  return lines.filter((line) => line !== "").join("\n");
}

/** When each answer was first seen to be what it is; never the same second for two that differ. */
function createLastModified(now: () => number) {
  const seen = new Map<string, { hash: string; at: number }>();
  return (key: string, hash: string): number => {
    const before = seen.get(key);
    if (before?.hash === hash) return before.at;
    const second = Math.floor(now() / SECOND_MS) * SECOND_MS;
    const at = Math.max(second, (before?.at ?? 0) + SECOND_MS);
    if (seen.size >= MOST_REMEMBERED) seen.clear();
    seen.set(key, { hash, at });
    return at;
  };
}

/** The user's calendar for other programs, at an address that is a secret. */
export function createCalendarFile(deps: RouteDeps) {
  const { db, clock, config, accounts, paths } = deps;
  const lastModified = createLastModified(clock.now);

  function textOf(request: Request, items: readonly CalendarItem[]): string {
    const installation = settingOr(db, "installation-id", randomUuid());
    const root = publicUrl(deps, contextOf(request));
    const events = items.map((item) => ({
      uid: `episode-${item.episode.id}@${installation}`,
      start: startOf(item),
      changedAt: item.changedAt,
      summary: summaryOf(item),
      description: descriptionOf(item),
      url: `${root}${paths.show(item.show.id).slice(paths.basePath.length)}`,
    }));
    return icalendar({ name: NAME, refreshHours: REFRESH_HOURS, events });
  }

  return new Elysia().get(
    "/calendar/feeds/:id",
    ({ request, params, query }) => {
      const found = accounts.byCalendarFeed(params.id.replace(/\.ics$/, ""));
      if (found === null) throw new AppError("not-found", "There is no calendar at this address.");
      const zone = zoneOf(found.user, config.timeZone);
      const from = addDays(dateIn(clock.now(), zone), -DAYS_BACK);
      const range = {
        from: startOfDate(from, zone) ?? 0,
        to: startOfDate(LATEST, zone) ?? 0,
        fromDay: dateToInstant(from) ?? 0,
        toDay: dateToInstant(LATEST) ?? 0,
      };
      const list = query.list !== undefined && isListName(query.list) ? query.list : undefined;
      const all = calendar(db, found.user.id, range, { list });
      const text = textOf(request, query.unwatched === "1" ? all.filter(({ watched }) => !watched) : all);
      const hash = sha256Hex(text);
      const modifiedAt = lastModified(`${found.feedId} ${list} ${query.unwatched === "1"}`, hash);
      const etag = `"${hash.slice(0, 32)}"`;
      const headers = { ...HEADERS, etag, "last-modified": new Date(modifiedAt).toUTCString() };
      if (isKnown(request, { etag, modifiedAt })) return new Response(null, { status: 304, headers });
      return new Response(text, { headers });
    },
    {
      params: t.Object({ id: t.String() }),
      query: t.Object({ list: t.Optional(t.String()), unwatched: t.Optional(t.String()) }),
      detail: { hide: true },
    },
  );
}
