import { type Instant, toIso } from "./instant.ts";

// RFC 5545, as much of it as a list of broadcasts needs.

export type CalendarEvent = {
  /** The same for the same episode for ever: clients find by it what has moved. */
  uid: string;
  /** A whole day (`YYYY-MM-DD`) where only the day is known; else a moment, and how long it takes as far as known. */
  start: { date: string; next: string } | { at: Instant; minutes: number | null };
  changedAt: Instant;
  summary: string;
  description: string;
  url: string;
};

export type CalendarFile = { name: string; refreshHours: number; events: readonly CalendarEvent[] };

const CRLF = "\r\n";
const MOST_OCTETS = 75;

const PRODUCT = "-//Episode Tracker//Episode Tracker//EN";

export function icalendar({ name, refreshHours, events }: CalendarFile): string {
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    `PRODID:${PRODUCT}`,
    "CALSCALE:GREGORIAN",
    `NAME:${escapeText(name)}`,
    `X-WR-CALNAME:${escapeText(name)}`,
    `REFRESH-INTERVAL;VALUE=DURATION:PT${refreshHours}H`,
    `X-PUBLISHED-TTL:PT${refreshHours}H`,
    ...events.flatMap(eventLines),
    "END:VCALENDAR",
  ];
  return lines.map((line) => `${fold(line)}${CRLF}`).join("");
}

function eventLines({ uid, start, changedAt, summary, description, url }: CalendarEvent): string[] {
  return [
    "BEGIN:VEVENT",
    `UID:${escapeText(uid)}`,
    `DTSTAMP:${stamp(changedAt)}`,
    ...startLines(start),
    `SUMMARY:${escapeText(summary)}`,
    `DESCRIPTION:${escapeText(description)}`,
    `URL:${url}`,
    // A broadcast keeps nobody busy.
    "TRANSP:TRANSPARENT",
    "END:VEVENT",
  ];
}

function startLines(start: CalendarEvent["start"]): string[] {
  if ("date" in start) {
    const [from, to] = [start.date, start.next].map((date) => date.replaceAll("-", ""));
    return [`DTSTART;VALUE=DATE:${from}`, `DTEND;VALUE=DATE:${to}`];
  }
  const duration = start.minutes === null || start.minutes <= 0 ? [] : [`DURATION:PT${start.minutes}M`];
  return [`DTSTART:${stamp(start.at)}`, ...duration];
}

/** `20260305T203000Z` */
function stamp(at: Instant): string {
  return `${toIso(at).slice(0, 19).replace(/[-:]/g, "")}Z`;
}

/** Line breaks become `\n`; other control characters have no place in a calendar. */
export function escapeText(text: string): string {
  return text
    .replace(/\r\n?|[\u2028\u2029]/g, "\n")
    .replace(/[\\;,]/g, "\\$&")
    .replaceAll("\n", "\\n")
    .replace(/\p{Cc}/gu, "");
}

/** Lines longer than 75 octets go on in the next one, after a space; no character is cut in two. */
export function fold(line: string): string {
  const parts: string[] = [];
  let part = "";
  let octets = 0;
  for (const char of line) {
    const size = Buffer.byteLength(char);
    if (octets + size > MOST_OCTETS) {
      parts.push(part);
      part = "";
      // The space that begins the next line counts.
      octets = 1;
    }
    part += char;
    octets += size;
  }
  return [...parts, part].join(`${CRLF} `);
}
