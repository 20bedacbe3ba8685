import { toIso } from "../../domain/instant.ts";
import type { Dialect, Kind } from "../mediabrowser/dialect.ts";
import { embyConnectGuide } from "./connect-guide.ts";

export const embyKind: Kind = {
  label: "Emby",
  // It does not say its name.
  claims: ({ ProductName, Version, LocalAddresses, RemoteAddresses }) =>
    ProductName === undefined &&
    (Array.isArray(LocalAddresses) || Array.isArray(RemoteAddresses) || /^\d+(\.\d+){3}$/.test(Version ?? "")),
};

const userPath = (accountId: string): string => `/Users/${encodeURIComponent(accountId)}`;

export const embyDialect: Dialect = {
  kind: embyKind,
  prefixes: ["", "/emby"],
  example: "http://192.168.1.10:8096",
  tokenHeaders: (token) => ({ "x-emby-token": token }),
  itemId: (text) => (/^\d{1,18}$/.test(text) ? text : null),
  // "Me" would be read as an id.
  me: ({ accountId }) => userPath(accountId),
  accounts: "/Users/Query",
  items: (accountId) => ({ path: `${userPath(accountId)}/Items`, query: {} }),
  views: (accountId) => [{ path: `${userPath(accountId)}/Views`, query: { IncludeExternalContent: "false" } }],
  ungrouped: { GroupItemsIntoCollections: "false" },
  mark: (accountId, itemId) => ({ path: `${userPath(accountId)}/PlayedItems/${itemId}`, query: {} }),
  // `2024-08-02T22:51:23.000Z` → `20240802225123`, the only form that is documented.
  markDate: (at) => ({ name: "DatePlayed", text: toIso(at).slice(0, 19).replace(/\D/g, "") }),
  provesDates: true,
  changedSince: (at) => ({ MinDateLastSavedForUser: toIso(at) }),
  guide: embyConnectGuide,
  // Whose marks it tells there it takes from the address, and not from the headers.
  socket: { path: "/embywebsocket", query: (token, deviceId) => ({ api_key: token, deviceId }) },
};
