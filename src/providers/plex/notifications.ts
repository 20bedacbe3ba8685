import { z } from "zod";
import type { ServerNews } from "../contract.ts";
import { asArray, asInt, asText, isRecord } from "../loose.ts";

// One message of the notification feed. The WebSocket has lists inside a NotificationContainer, the event stream one bare
// object. Numbers come as numbers or texts. Kinds that say nothing about viewing are left out.

const text = z.unknown().transform(asText).optional();
const int = z.unknown().transform(asInt).optional();

const playingSchema = z.object({ sessionKey: text, ratingKey: text, key: text, viewOffset: int, state: text });

const timelineSchema = z.object({ identifier: text, itemID: text, type: int, state: int });

const activitySchema = z.object({
  event: text,
  Activity: z.object({ type: text, Context: z.object({ key: text }).optional() }),
});

const library = "com.plexapp.plugins.library";
const kinds = { show: 2, season: 3, episode: 4 };
/** The server has finished with the item: before that it may not have stored what changed. */
const processed = 5;

const states: Record<string, "playing" | "paused" | "stopped"> = {
  playing: "playing",
  buffering: "playing",
  paused: "paused",
  stopped: "stopped",
};

export function readNotification(value: unknown): ServerNews[] {
  if (!isRecord(value)) return [];
  const body = isRecord(value["NotificationContainer"]) ? value["NotificationContainer"] : value;
  return [
    ...each(body["PlaySessionStateNotification"], playingSchema, playing),
    ...each(body["TimelineEntry"], timelineSchema, timeline),
    ...each(body["ActivityNotification"], activitySchema, activity),
  ];
}

function each<Entry>(value: unknown, schema: z.ZodType<Entry>, read: (entry: Entry) => ServerNews | null) {
  return asArray(value).flatMap((entry) => {
    const found = schema.safeParse(entry);
    return (found.success ? read(found.data) : null) ?? [];
  });
}

function playing({ sessionKey, ratingKey, key, viewOffset, state }: z.output<typeof playingSchema>): ServerNews | null {
  const itemId = itemIn(ratingKey ?? key);
  const known = states[state ?? ""];
  if (sessionKey === undefined || itemId === null || known === undefined) return null;
  const offsetMs = viewOffset === undefined || viewOffset < 0 ? null : viewOffset;
  return { kind: "playing", sessionId: sessionKey, itemId, offsetMs, state: known };
}

function timeline({ identifier, itemID, type, state }: z.output<typeof timelineSchema>): ServerNews | null {
  if ((identifier ?? library) !== library || state !== processed) return null;
  if (type === kinds.episode) return itemID === undefined ? null : { kind: "items", itemIds: [itemID] };
  return type === kinds.show || type === kinds.season ? { kind: "library" } : null;
}

/** What Plex Web's mark and unmark look like, and the end of a scan. */
function activity({ event, Activity }: z.output<typeof activitySchema>): ServerNews | null {
  if (event !== "ended") return null;
  if (Activity.type === "library.update.section") return { kind: "library" };
  if (Activity.type !== "library.refresh.items") return null;
  const itemId = itemIn(Activity.Context?.key);
  return itemId === null ? { kind: "library" } : { kind: "items", itemIds: [itemId] };
}

/** An id, or a path that ends in it. */
function itemIn(value: string | undefined): string | null {
  return /^(?:\/library\/metadata\/)?([^/?,]+)\/?$/.exec(value ?? "")?.[1] ?? null;
}
