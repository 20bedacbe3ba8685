import { rowText } from "./plex-rows.ts";
import { localAccountId, type PlexAccount, type PlexItem, showOf } from "./plex-world.ts";
import { hexOf } from "./random.ts";
import type { World } from "./world.ts";

/**
 * What Plex Media Servers post to the webhooks of accounts with Plex Pass: to the one who plays, and to the server's
 * owner whoever plays. No signature, no second try, no order.
 */
export type WebhookSender = {
  /** Posts by itself whenever somebody plays something. Off at first. */
  live: boolean;
  /** Every scrobble is posted twice, as some clients cause it. */
  doubled: boolean;
  /** Posts to all registered hooks that hear of it; the statuses they answered. */
  send(news: WebhookNews): Promise<number[]>;
  /** Resolves when everything posted by itself has been answered. */
  settled(): Promise<void>;
};

export type WebhookNews = {
  event: string;
  /** Who does it; the server's owner for what nobody does. */
  account: PlexAccount;
  item: PlexItem;
  rating?: number;
};

type Json = Record<string, unknown>;

const everything = { includeGuids: true, withMedia: false, withSummary: true, detail: true };
const jpeg = Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10, 0x4a, 0x46, 0x49, 0x46, 0x0d, 0x0a, 0x2d, 0x2d]);

/** As the owner of a hook gets it. Servers up to 2020 call their owner 1; `oldIds` does so. */
export function webhookPayload(news: WebhookNews, hookOwner: PlexAccount, how: { oldIds?: boolean } = {}): Json {
  const { event, account, item, rating } = news;
  const { server } = item.library;
  const row = JSON.parse(rowText(item, server.views.get(account), everything)) as Json;
  const played = event.startsWith("media.") && event !== "media.rate";
  return {
    event,
    user: hookOwner === account,
    owner: hookOwner === server.owner,
    Account: {
      id: how.oldIds ? localAccountId(server, account) : account.id,
      thumb: `https://plex.tv/users/${account.uuid}/avatar?c=1700000000`,
      title: account.title,
    },
    Server: { title: server.name, uuid: server.machineIdentifier },
    ...(played
      ? { Player: { local: true, publicAddress: "203.0.113.7", title: "Living Room", uuid: "x1y2z3w4v5u6t7s8" } }
      : {}),
    Metadata: {
      librarySectionType: item.library.type,
      ...row,
      librarySectionID: Number(item.library.key),
      ...(rating === undefined ? {} : { userRating: rating }),
    },
    ...(rating === undefined ? {} : { rating: String(rating) }),
  };
}

/** The body as the servers' library writes it: the message is a part without a file name, the picture one with. */
export function webhookForm(payload: Json, withThumb: boolean): { body: Uint8Array<ArrayBuffer>; type: string } {
  const boundary = `------------------------${hexOf(JSON.stringify(payload), 16)}`;
  const text = new TextEncoder();
  const parts = [
    text.encode(
      `--${boundary}\r\nContent-Disposition: form-data; name="payload"\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(payload)}\r\n`,
    ),
  ];
  if (withThumb) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="thumb"; filename="thumb.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`;
    parts.push(text.encode(head), jpeg, text.encode("\r\n"));
  }
  parts.push(text.encode(`--${boundary}--\r\n`));
  return { body: new Uint8Array(Buffer.concat(parts)), type: `multipart/form-data; boundary=${boundary}` };
}

/** What Tautulli makes of a template: names and numbers as text. */
export function tautulliPayload({ event, account, item }: WebhookNews): Json {
  const { server } = item.library;
  return {
    event,
    user: account.username,
    Account: { title: account.username },
    Server: { uuid: server.machineIdentifier, title: server.name },
    Metadata: {
      type: item.kind,
      ratingKey: item.ratingKey,
      grandparentTitle: showOf(item).title,
      title: item.title,
      parentIndex: String(item.parent?.index ?? ""),
      index: String(item.index ?? ""),
      guid: `${server.name.toLowerCase()}://${item.ratingKey}`,
    },
  };
}

const withPicture = new Set(["media.play", "media.rate", "library.new"]);

async function post(url: string, payload: Json, event: string, version: string): Promise<number> {
  const { body, type } = webhookForm(payload, withPicture.has(event));
  const headers = { "content-type": type, "user-agent": `PlexMediaServer/${version}` };
  const answer = await fetch(url, { method: "POST", headers, body });
  await answer.arrayBuffer();
  return answer.status;
}

export function createWebhookSender(world: World): WebhookSender {
  const posting = new Set<Promise<unknown>>();

  const send = (news: WebhookNews): Promise<number[]> => {
    const { server } = news.item.library;
    const hears = (owner: PlexAccount): boolean => owner === news.account || owner === server.owner;
    const hooks = world.accounts
      .filter((owner) => owner.plexPass && hears(owner))
      .flatMap((owner) => owner.webhooks.map((url) => ({ owner, url })));
    const sent = hooks.map(({ owner, url }) => post(url, webhookPayload(news, owner), news.event, server.version));
    return Promise.all(sent);
  };

  const byItself = async (account: PlexAccount, item: PlexItem): Promise<void> => {
    await send({ event: "media.scrobble", account, item });
    if (sender.doubled) await send({ event: "media.scrobble", account, item });
    await send({ event: "media.stop", account, item });
  };

  const sender: WebhookSender = {
    live: false,
    doubled: false,
    send,
    async settled() {
      await Promise.all(posting);
    },
  };
  world.onPlay((account, item) => {
    if (!sender.live) return;
    // Nobody hears of a hook that does not answer.
    const work = byItself(account, item).catch(() => undefined);
    posting.add(work);
    void work.then(() => posting.delete(work));
  });
  return sender;
}
