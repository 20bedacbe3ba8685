import type { Credentials, Target } from "../../domain/notification-target.ts";
import type { HttpClient } from "../../kernel/http.ts";
import { type Secret, secret } from "../../kernel/secret.ts";
import type { Message } from "./message.ts";

const patienceMs = 10_000;
/** Nobody reads the answers; a service that sends a page is still one that has taken the message. */
const longestAnswer = 500_000;

type Post = { url: string; headers?: Record<string, Secret>; json: unknown };

const isGood = ({ event }: Message): boolean => event === "recovered" || event === "test";

function postOf(target: Target, message: Message): Post {
  const { title, text, link } = message;
  switch (target.kind) {
    case "webhook": {
      const { text: words, ...rest } = message;
      return { url: target.url, headers: authorization(target.credentials), json: { ...rest, message: words } };
    }
    case "ntfy":
      return {
        url: target.server,
        headers: authorization(target.credentials),
        json: {
          topic: target.topic,
          title,
          message: text,
          priority: isGood(message) ? 3 : 4,
          tags: [isGood(message) ? "white_check_mark" : "warning"],
          ...(link === null ? {} : { click: link }),
        },
      };
    case "discord": {
      const content = [`**${title}**`, text, ...(link === null ? [] : [link])].join("\n");
      const path = [target.id, target.token].map(encodeURIComponent).join("/");
      // A server may be named like somebody's handle: nobody is called by it.
      return { url: `https://discord.com/api/webhooks/${path}`, json: { content, allowed_mentions: { parse: [] } } };
    }
    case "gotify":
      return {
        url: `${target.server}/message`,
        headers: { "x-gotify-key": secret(target.token) },
        json: { title, message: text, priority: isGood(message) ? 3 : 7 },
      };
    case "apprise":
      return {
        url: `${target.server}/notify/${encodeURIComponent(target.key)}`,
        headers: authorization(target.credentials),
        json: { title, body: text, type: isGood(message) ? "success" : "warning" },
      };
  }
}

function authorization(credentials: Credentials | null): Record<string, Secret> {
  if (credentials === null) return {};
  const { user, password } = credentials;
  const value = password === "" ? `Bearer ${user}` : `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  return { authorization: secret(value) };
}

/**
 * One attempt. The place is the user's choice, in the home's own network as well; what it answers is thrown away, and
 * where it redirects to is not followed.
 */
export async function send(
  http: HttpClient,
  { target, host }: { target: Target; host: string },
  message: Message,
  signal?: AbortSignal,
): Promise<void> {
  const { json, ...post } = postOf(target, message);
  await http.request({
    name: host,
    method: "POST",
    ...post,
    body: { json },
    read: () => undefined,
    timeoutMs: patienceMs,
    maxBytes: longestAnswer,
    secretPath: true,
    signal,
  });
}
