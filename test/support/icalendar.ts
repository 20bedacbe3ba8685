/** One `BEGIN:VEVENT` … `END:VEVENT`: property → its parameters and value, unescaped. */
export type ReadEvent = Record<string, { parameters: string; value: string }>;

export type ReadCalendar = { properties: ReadEvent; events: ReadEvent[] };

/** Reads iCalendar text as strictly as RFC 5545 is written. Throws at the first thing that is not as it must be. */
export function readCalendar(bytes: Uint8Array): ReadCalendar {
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  if (!text.endsWith("\r\n")) throw new Error("the last line does not end");
  if (/(?<!\r)\n|\r(?!\n)/.test(text)) throw new Error("a line does not end in CRLF");
  checkOctets(bytes);
  const lines = text.slice(0, -2).replaceAll("\r\n ", "").split("\r\n").map(readLine);
  const [begin, end] = [lines.shift(), lines.pop()];
  if (begin?.name !== "BEGIN" || begin.value !== "VCALENDAR") throw new Error("it does not begin with VCALENDAR");
  if (end?.name !== "END" || end.value !== "VCALENDAR") throw new Error("it does not end with VCALENDAR");
  return collect(lines);
}

/** Counted in the raw bytes: each physical line on its own must be whole UTF-8. */
function checkOctets(bytes: Uint8Array): void {
  let from = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] !== 0x0a) continue;
    const line = bytes.slice(from, at - 1);
    if (line.length > 75) throw new Error(`a line has ${line.length} octets`);
    new TextDecoder("utf-8", { fatal: true }).decode(line);
    from = at + 1;
  }
}

type Line = { name: string; parameters: string; value: string };

const TEXT = new Set(["SUMMARY", "DESCRIPTION", "UID", "NAME", "X-WR-CALNAME"]);

function readLine(line: string): Line {
  const parts = /^([A-Z-]+)((?:;[A-Z-]+=[^;:"]+)*):(.*)$/su.exec(line);
  if (parts === null) throw new Error(`not a content line: ${line}`);
  const [, name = "", parameters = "", value = ""] = parts;
  if (/\p{Cc}/u.test(value)) throw new Error(`a control character in ${name}`);
  return { name, parameters, value: TEXT.has(name) ? withoutEscapes(name, value) : value };
}

function withoutEscapes(name: string, value: string): string {
  if (/(?<!\\)(?:\\\\)*[;,]/.test(value)) throw new Error(`${name} has a bare comma or semicolon: ${value}`);
  return value.replace(/\\(.?)/gs, (_, char: string) => {
    if (char === "n" || char === "N") return "\n";
    if (char === "\\" || char === ";" || char === ",") return char;
    throw new Error(`${name} escapes ${char}`);
  });
}

function collect(lines: readonly Line[]): ReadCalendar {
  const calendar: ReadCalendar = { properties: {}, events: [] };
  let event: ReadEvent | null = null;
  for (const { name, parameters, value } of lines) {
    if (name === "BEGIN") {
      if (value !== "VEVENT" || event !== null) throw new Error(`a ${value} where none may be`);
      event = {};
    } else if (name === "END") {
      if (value !== "VEVENT" || event === null) throw new Error(`the end of a ${value} that did not begin`);
      for (const needed of ["UID", "DTSTAMP", "DTSTART"])
        if (!(needed in event)) throw new Error(`an event without ${needed}`);
      calendar.events.push(event);
      event = null;
    } else {
      const place: ReadEvent = event ?? calendar.properties;
      if (name in place) throw new Error(`${name} twice`);
      place[name] = { parameters, value };
    }
  }
  if (event !== null) throw new Error("an event that does not end");
  for (const needed of ["VERSION", "PRODID"]) if (!(needed in calendar.properties)) throw new Error(`no ${needed}`);
  return calendar;
}
