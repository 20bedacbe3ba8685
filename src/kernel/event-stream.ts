import { AppError } from "./errors.ts";

/** One event of a `text/event-stream` (WHATWG HTML 9.2). */
export type StreamEvent = { event: string; data: string };

/** News is small; what is longer is not news. */
const longestEvent = 1_000_000;

/** Reads events from the bytes of an answer. Throws `bad-answer` when one does not end. */
export async function* readEvents(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<StreamEvent, void, void> {
  const decoder = new TextDecoder();
  let rest = "";
  let event = "";
  let data: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    // A line break of two characters may arrive in two pieces: its first half waits for what follows.
    const text = rest + decoder.decode(chunk, { stream: true });
    const lines = text.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      length += line.length;
      if (line === "") {
        if (data.length > 0) yield { event: event === "" ? "message" : event, data: data.join("\n") };
        event = "";
        data = [];
        length = 0;
      } else if (line.startsWith("event:")) event = valueIn(line);
      else if (line.startsWith("data:")) data.push(valueIn(line));
    }
    if (length + rest.length > longestEvent) throw new AppError("bad-answer", `${name} sent news without an end.`);
  }
}

function valueIn(line: string): string {
  const value = line.slice(line.indexOf(":") + 1);
  return value.startsWith(" ") ? value.slice(1) : value;
}
