import { toIso } from "../../domain/instant.ts";
import type { Dialect, Kind } from "../mediabrowser/dialect.ts";
import { jellyfinConnectGuide } from "./connect-guide.ts";

export const jellyfinKind: Kind = {
  label: "Jellyfin",
  claims: ({ ProductName }) => ProductName?.toLowerCase().includes("jellyfin") === true,
};

/** What 10.9 brought, and 12 has left of two families of addresses; 10.8 has the other. */
const hasNewMarks = (version: string | null): boolean => {
  const [major = 0, minor = 0] = (version ?? "").split(".").map(Number);
  return major > 10 || (major === 10 && minor >= 9);
};

const plainId = /^[0-9a-f]{32}$/;

export const jellyfinDialect: Dialect = {
  kind: jellyfinKind,
  prefixes: [""],
  example: "http://192.168.1.10:8096",
  tokenHeaders: () => ({}),
  itemId(text) {
    if (plainId.test(text)) return text;
    const id = text.replaceAll("-", "").toLowerCase();
    return plainId.test(id) ? id : null;
  },
  me: ({ accountId, byKey }) => (byKey ? `/Users/${encodeURIComponent(accountId)}` : "/Users/Me"),
  accounts: "/Users",
  items: (accountId) => ({ path: "/Items", query: { userId: accountId } }),
  views: (accountId) => [
    { path: "/UserViews", query: { userId: accountId } },
    { path: `/Users/${encodeURIComponent(accountId)}/Views`, query: {} },
  ],
  ungrouped: { CollapseBoxSetItems: "false" },
  mark: (accountId, itemId, version) =>
    hasNewMarks(version)
      ? { path: `/UserPlayedItems/${itemId}`, query: { userId: accountId } }
      : { path: `/Users/${encodeURIComponent(accountId)}/PlayedItems/${itemId}`, query: {} },
  // The old form is taken too, and then told back in the server's own zone.
  markDate: (at) => ({ name: "datePlayed", text: toIso(at) }),
  provesDates: false,
  // Its "changed since" is about files.
  changedSince: null,
  guide: jellyfinConnectGuide,
  socket: {
    path: "/socket",
    query: () => ({}),
    // After a minute without a word it hangs up; answers to its pings are none.
    keepAlive: { message: JSON.stringify({ MessageType: "KeepAlive" }), everyMs: 30_000 },
  },
};
