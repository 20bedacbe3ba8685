/** Where messages may go. */
export const TARGET_KINDS = ["webhook", "ntfy", "discord", "gotify", "apprise"] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];

export const TARGET_LABELS: Record<TargetKind, string> = {
  webhook: "Webhook",
  ntfy: "ntfy",
  discord: "Discord",
  gotify: "Gotify",
  apprise: "Apprise",
};

/** `user` and `password` as they stood in the address; a user alone is a token. */
export interface Credentials {
  user: string;
  password: string;
}

export type Target =
  | { kind: "webhook"; url: string; credentials: Credentials | null }
  | { kind: "ntfy"; server: string; topic: string; credentials: Credentials | null }
  | { kind: "discord"; id: string; token: string }
  | { kind: "gotify"; server: string; token: string }
  | { kind: "apprise"; server: string; key: string; credentials: Credentials | null };

/** `host` is all that may be shown of it: the rest opens something by itself. */
export type ReadTarget = { target: Target; host: string } | { problem: string };

const EXAMPLES = "Begin with https://, ntfys://, discord://, gotifys:// or apprises://.";
const DISCORD = /^https:\/\/(?:[a-z]+\.)?discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/([^/]+)\/([^/?#]+)/i;
const LONGEST = 2000;

/** Reads what a user has typed or pasted. */
export function readTarget(text: string): ReadTarget {
  const trimmed = text.trim();
  if (trimmed.length > LONGEST) return { problem: "This address is too long." };
  const [, id, token] = DISCORD.exec(trimmed) ?? [];
  if (id !== undefined && token !== undefined) return discord(id, token);
  const url = URL.canParse(trimmed) ? new URL(trimmed) : null;
  if (url === null || url.hostname === "") return { problem: `This is not an address. ${EXAMPLES}` };
  switch (url.protocol) {
    case "http:":
    case "https:":
      return webhook(url);
    case "ntfy:":
    case "ntfys:":
      return ntfy(url);
    case "discord:": {
      const [secret, ...more] = segmentsOf(url);
      if (secret === undefined || more.length > 0) return { problem: "For Discord write discord://id/token." };
      return discord(url.hostname, secret);
    }
    case "gotify:":
    case "gotifys:":
      return gotify(url);
    case "apprise:":
    case "apprises:":
      return apprise(url);
    default:
      return { problem: `Addresses of this kind are not known here. ${EXAMPLES}` };
  }
}

function webhook(url: URL): ReadTarget {
  const credentials = credentialsOf(url);
  const bare = new URL(url);
  bare.username = "";
  bare.password = "";
  bare.hash = "";
  return { target: { kind: "webhook", url: bare.href, credentials }, host: url.host };
}

function ntfy(url: URL): ReadTarget {
  const [topic, ...more] = segmentsOf(url);
  if (topic === undefined || more.length > 0) {
    return { problem: "For ntfy write ntfys://host/topic, such as ntfys://ntfy.sh/my-episodes." };
  }
  return { target: { kind: "ntfy", server: serverOf(url), topic, credentials: credentialsOf(url) }, host: url.host };
}

function discord(id: string, token: string): ReadTarget {
  return { target: { kind: "discord", id, token }, host: "discord.com" };
}

function gotify(url: URL): ReadTarget {
  const folders = segmentsOf(url);
  const token = folders.pop();
  if (token === undefined)
    return { problem: "For Gotify write gotifys://host/token, with the token of an application." };
  return { target: { kind: "gotify", server: serverOf(url, folders), token }, host: url.host };
}

function apprise(url: URL): ReadTarget {
  const folders = segmentsOf(url);
  const key = folders.pop();
  if (key === undefined)
    return { problem: "For Apprise write apprises://host/key, with the key of its configuration." };
  const target = { kind: "apprise" as const, server: serverOf(url, folders), key, credentials: credentialsOf(url) };
  return { target, host: url.host };
}

function segmentsOf(url: URL): string[] {
  return url.pathname.split("/").filter((part) => part !== "");
}

/** A scheme that ends in `s` is the one over TLS, as in Apprise's addresses. */
function serverOf(url: URL, folders: readonly string[] = []): string {
  return [`${url.protocol.endsWith("s:") ? "https" : "http"}://${url.host}`, ...folders].join("/");
}

function credentialsOf({ username, password }: URL): Credentials | null {
  if (username === "") return null;
  return { user: plain(username), password: plain(password) };
}

/** Not every percent sign was meant as one of ours. */
function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
