import { createItems, printedDate } from "./mediabrowser-items.ts";
import {
  isEmby,
  type MediaHook,
  type MediaItem,
  type MediaServerState,
  type MediaSession,
  type MediaUser,
  seriesOf,
  ticksPerMs,
  type UserData,
} from "./mediabrowser-state.ts";
import { type MediaWorld, type PlaybackNews, sevenDigits, type UserDataSave } from "./mediabrowser-world.ts";
import { hexOf } from "./random.ts";

/**
 * What the servers post: Jellyfin's official plugin with all properties or a template, the unofficial plugin, and
 * Emby's own webhooks in both body forms. A hook hears from the moment it is in `hooks` of the server.
 */
export type MediaWebhookSender = {
  /** Posts one message to every hook of the server that would hear of it; the statuses they answered. */
  send(news: MediaNews): Promise<number[]>;
  /** The button "Send test notification" of an Emby. */
  test(server: MediaServerState): Promise<number[]>;
  /** Resolves when everything posted by itself has been answered. */
  settled(): Promise<void>;
};

export type MediaNews = { save: UserDataSave } | { playback: PlaybackNews };

type Json = Record<string, unknown>;

const facts = (news: MediaNews): { server: MediaServerState; user: MediaUser; item: MediaItem } => {
  if ("save" in news) return news.save;
  const { server, session } = news.playback;
  return { server, user: session.user, item: session.item };
};

const clock = (ms: number): string => {
  const whole = Math.floor(ms / 1000);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  return `${two(whole / 3600)}:${two((whole / 60) % 60)}:${two(whole % 60)}`;
};

/** The plugin escapes quotes itself, before its serializer does it again. */
const escaped = (text: string): string => text.replaceAll('"', '\\"');

const padded = (name: string, number: number | null): Json =>
  number === null
    ? {}
    : {
        [name]: number,
        [`${name}00`]: String(number).padStart(2, "0"),
        [`${name}000`]: String(number).padStart(3, "0"),
      };

function pluginItem(item: MediaItem): Json {
  const series = seriesOf(item);
  const ids = Object.entries(item.providerIds).map(([key, id]) => [`Provider_${key.toLowerCase()}`, id]);
  return {
    Name: escaped(item.name),
    Overview: escaped(item.overview),
    Tagline: "",
    ItemId: item.id,
    ItemType: item.kind,
    RunTimeTicks: (item.runtimeMs ?? 0) * ticksPerMs,
    RunTime: clock(item.runtimeMs ?? 0),
    ...(item.kind === "Episode"
      ? {
          ...(series.year === null ? {} : { Year: series.year }),
          ...(item.premiere === null ? {} : { PremiereDate: item.premiere }),
          SeriesName: escaped(series.name),
          SeriesId: series.id,
          ...(item.parent === null ? {} : { SeasonId: item.parent.id }),
          ...(series.premiere === null ? {} : { SeriesPremiereDate: series.premiere }),
          ...padded("SeasonNumber", item.parent?.index ?? null),
          ...padded("EpisodeNumber", item.index),
          ...padded("EpisodeNumberEnd", item.indexEnd),
        }
      : { ...(item.year === null ? {} : { Year: item.year }) }),
    ...Object.fromEntries(ids),
  };
}

const pluginSession = ({ item, positionMs, paused, client, device, deviceId }: MediaSession): Json => ({
  PlaybackPositionTicks: positionMs * ticksPerMs,
  PlaybackPosition: clock(positionMs),
  MediaSourceId: item.id,
  IsPaused: paused,
  IsAutomated: false,
  DeviceId: deviceId,
  DeviceName: device,
  ClientName: client,
  PlayMethod: "DirectPlay",
});

const pluginData = (server: MediaServerState, data: UserData): Json => ({
  Likes: false,
  Rating: 0,
  PlaybackPositionTicks: data.positionTicks,
  PlaybackPosition: clock(data.positionTicks / ticksPerMs),
  PlayCount: data.playCount,
  Favorite: data.favorite,
  Played: data.played,
  AudioStreamIndex: 1,
  SubtitleStreamIndex: -1,
  ...(data.lastPlayed === null ? {} : { LastPlayedDate: printedDate(server, data.lastPlayed) }),
});

const playbackTypes = {
  start: "PlaybackStart",
  progress: "PlaybackProgress",
  pause: "PlaybackProgress",
  unpause: "PlaybackProgress",
  stop: "PlaybackStop",
} as const;

const typeOf = (news: MediaNews): string => ("save" in news ? "UserDataSaved" : playbackTypes[news.playback.what]);

/** The dictionary of the official plugin, which "Send All Properties" writes as it is. */
export function pluginPayload(news: MediaNews, now: number): Json {
  const { server, user, item } = facts(news);
  const utc = sevenDigits(now, "1234");
  return {
    ServerId: server.id,
    ServerName: server.name,
    ServerVersion: server.version,
    ServerUrl: "",
    NotificationType: typeOf(news),
    Timestamp: `${sevenDigits(now + server.quirks.utcOffsetMinutes * 60_000, "1234").slice(0, -1)}${offsetText(server.quirks.utcOffsetMinutes)}`,
    UtcTimestamp: utc,
    ...pluginItem(item),
    ...("save" in news
      ? { ...pluginData(server, news.save.data), SaveReason: news.save.reason }
      : {
          ...pluginSession(news.playback.session),
          ...(news.playback.what === "stop" ? { PlayedToCompletion: news.playback.completed } : {}),
        }),
    NotificationUsername: user.name,
    UserId: user.id,
  };
}

function offsetText(minutes: number): string {
  const two = (value: number): string => String(Math.floor(Math.abs(value))).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
}

const dashed = (id: string): string => id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

const guids = new Set(["ItemId", "SeriesId", "SeasonId", "UserId"]);

const html = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** A template as many write it: everything is text, what is missing is empty, and three braces keep titles as they are. */
export const usualTemplate = `{
  "NotificationType": "{{NotificationType}}",
  "ServerId": "{{ServerId}}",
  "UserId": "{{UserId}}",
  "ItemType": "{{ItemType}}",
  "ItemId": "{{ItemId}}",
  "SeriesName": "{{{SeriesName}}}",
  "SeasonNumber": "{{SeasonNumber}}",
  "EpisodeNumber": "{{EpisodeNumber}}",
  "Name": "{{{Name}}}",
  "PlayedToCompletion": "{{PlayedToCompletion}}",
  "Played": "{{Played}}",
  "PlayCount": "{{PlayCount}}",
  "LastPlayedDate": "{{LastPlayedDate}}",
  "SaveReason": "{{SaveReason}}",
  "UtcTimestamp": "{{UtcTimestamp}}"
}`;

export function templateBody(payload: Json, template = usualTemplate): string {
  const textOf = (name: string): string => {
    const value = payload[name];
    if (value === undefined || value === null) return "";
    if (typeof value === "boolean") return value ? "True" : "False";
    return guids.has(name) ? dashed(String(value)) : String(value);
  };
  return template
    .replaceAll(/\{\{\{\s*(\w+)\s*\}\}\}/g, (_, name: string) => textOf(name))
    .replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => html(textOf(name)));
}

/** What the unofficial plugin calls it; null = says nothing. */
function unofficialEvent(news: MediaNews): string | null {
  if ("playback" in news) {
    const { what } = news.playback;
    return { start: "Play", progress: "Progress", pause: "Pause", unpause: "Resume", stop: "Stop" }[what];
  }
  if (news.save.reason !== "TogglePlayed") return null;
  return news.save.data.played ? "MarkPlayed" : "MarkUnplayed";
}

export function unofficialPayload(news: MediaNews): Json | null {
  const event = unofficialEvent(news);
  if (event === null) return null;
  const { server, user, item } = facts(news);
  const items = createItems(server);
  const session = "playback" in news ? news.playback.session : null;
  return {
    Event: event,
    Item: items.single(user, item),
    User: { Id: user.id, Name: user.name },
    ...(session === null
      ? {}
      : {
          Session: {
            Id: session.id,
            Client: session.client,
            DeviceName: session.device,
            PlayState: { PositionTicks: session.positionMs * ticksPerMs, IsPaused: session.paused },
          },
        }),
    Server: { Id: server.id, Name: server.name, Version: server.version },
    ...(item.kind === "Episode" ? { Series: items.single(null, seriesOf(item)) } : {}),
  };
}

const embyEvents = {
  start: "playback.start",
  progress: null,
  pause: "playback.pause",
  unpause: "playback.unpause",
  stop: "playback.stop",
} as const;

const embyWords: Record<string, string> = {
  "playback.start": "has started playing",
  "playback.pause": "has paused",
  "playback.unpause": "has resumed",
  "playback.stop": "has finished playing",
  "item.markplayed": "has marked as played:",
  "item.markunplayed": "has marked as unplayed:",
};

function embyEvent(news: MediaNews): string | null {
  if ("playback" in news) return embyEvents[news.playback.what];
  if (news.save.reason !== "TogglePlayed") return null;
  return news.save.data.played ? "item.markplayed" : "item.markunplayed";
}

export function embyPayload(news: MediaNews, now: number): Json | null {
  const event = embyEvent(news);
  if (event === null) return null;
  const { server, user, item } = facts(news);
  const session = "playback" in news ? news.playback.session : null;
  const { UserData: _, ...row } = createItems(server).single(null, item);
  const place = item.kind === "Episode" ? `${seriesOf(item).name} - S${item.parent?.index}, Ep${item.index} - ` : "";
  const described = Number(server.version.split(".").slice(0, 2).join(".")) >= 4.8;
  return {
    Title: `${user.name} ${embyWords[event]} ${place}${item.name}${session === null ? "" : ` on ${session.device}`}`,
    ...(described ? { Description: item.overview } : {}),
    Date: sevenDigits(now, "1234"),
    Event: event,
    User: { Name: user.name, Id: user.id },
    Item: { ...row, ParentId: item.parent?.id ?? item.library.id },
    Server: { Name: server.name, Id: server.id, Version: server.version },
    ...(session === null
      ? {}
      : {
          Session: {
            RemoteEndPoint: "10.0.0.5",
            Client: session.client,
            DeviceName: session.device,
            DeviceId: session.deviceId,
            ApplicationVersion: server.version,
            Id: session.id,
          },
          PlaybackInfo: {
            ...(event === "playback.stop" && "playback" in news ? { PlayedToCompletion: news.playback.completed } : {}),
            PositionTicks: session.positionMs * ticksPerMs,
            PlaylistIndex: 0,
            PlaylistLength: 1,
          },
        }),
  };
}

/** Emby's default form: one field named data, without a file name. */
export function embyForm(payload: Json): { body: string; type: string } {
  const boundary = `----------${hexOf(JSON.stringify(payload), 15)}`;
  const head = `--${boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name="data"\r\n\r\n`;
  return {
    body: `${head}${JSON.stringify(payload)}\r\n--${boundary}--\r\n`,
    type: `multipart/form-data; boundary="${boundary}"`,
  };
}

const usualTypes = ["PlaybackStart", "PlaybackStop", "UserDataSaved"];

function bodyFor(hook: MediaHook, news: MediaNews, now: number): { body: string; type: string } | null {
  const plain = hook.contentType ?? "text/plain; charset=utf-8";
  switch (hook.form) {
    case "all-properties":
    case "template": {
      if (!(hook.types ?? usualTypes).includes(typeOf(news))) return null;
      const payload = pluginPayload(news, now);
      const body = hook.form === "template" ? templateBody(payload, hook.template) : JSON.stringify(payload);
      return { body, type: plain };
    }
    case "unofficial": {
      const payload = unofficialPayload(news);
      if (payload === null || payload["Event"] === "Progress") return null;
      return { body: JSON.stringify(payload), type: "application/json; charset=utf-8" };
    }
    case "multipart":
    case "json": {
      const payload = embyPayload(news, now);
      return payload === null ? null : embyBody(hook, payload);
    }
  }
}

const embyBody = (hook: MediaHook, payload: Json): { body: string; type: string } =>
  hook.form === "json" ? { body: JSON.stringify(payload), type: "application/json" } : embyForm(payload);

export function createMediaWebhookSender(media: MediaWorld, now: () => number): MediaWebhookSender {
  const posting = new Set<Promise<unknown>>();

  const post = async (server: MediaServerState, hook: MediaHook, message: { body: string; type: string }) => {
    const agent = isEmby(server) ? { "user-agent": `Emby Server/${server.version}` } : {};
    const headers = { "content-type": message.type, ...agent, ...hook.headers };
    const answer = await fetch(hook.url, { method: "POST", headers, body: message.body });
    await answer.arrayBuffer();
    return answer.status;
  };

  const send = (news: MediaNews): Promise<number[]> => {
    const { server, user, item } = facts(news);
    if (item.kind !== "Episode") return Promise.resolve([]);
    const sent = server.hooks
      .filter(({ users }) => users === null || users.includes(user))
      .flatMap((hook) => {
        const message = bodyFor(hook, news, now());
        return message === null ? [] : [post(server, hook, message)];
      });
    return Promise.all(sent);
  };

  const byItself = (news: MediaNews): void => {
    if (facts(news).server.hooks.length === 0) return;
    // Nobody hears of a hook that does not answer.
    const work = send(news).catch(() => undefined);
    posting.add(work);
    void work.then(() => posting.delete(work));
  };
  media.onSave((save) => byItself({ save: { ...save, data: { ...save.data } } }));
  media.onPlayback((playback) => byItself({ playback }));

  return {
    send,
    test: (server) => {
      const payload = {
        Title: "Test Notification",
        Description: "Test Notification Description",
        Date: sevenDigits(now(), "1234"),
        Event: "system.notificationtest",
        Server: { Name: server.name, Id: server.id, Version: server.version },
      };
      return Promise.all(server.hooks.map((hook) => post(server, hook, embyBody(hook, payload))));
    },
    async settled() {
      await Promise.all(posting);
    },
  };
}
