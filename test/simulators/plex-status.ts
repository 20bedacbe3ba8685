import { type Access, type Answers, type Json, rowOptions } from "./plex-answers.ts";
import { QueryError } from "./plex-query.ts";
import { historyText, rowText } from "./plex-rows.ts";
import { type HistoryRow, localAccountId, type PlexItem, type PlexServerState } from "./plex-world.ts";
import { type Call, htmlError } from "./simulator.ts";

/** Play history, and what only the owner may see: accounts, sessions, preferences. */

export type StatusPages = {
  root(call: Call, who: Access): Response;
  history(call: Call, who: Access): Response;
  removeHistoryRow(who: Access, id: string): Response;
  accounts(call: Call, who: Access): Response;
  sessions(call: Call, who: Access): Response;
  preferences(call: Call, who: Access): Response;
};

export function createStatusPages(state: PlexServerState, answers: Answers, now: () => number): StatusPages {
  const { container, page, cut } = answers;
  let historyCache: { revision: number; key: string; rows: HistoryRow[] } | null = null;

  const historyRows = (call: Call, who: Access): HistoryRow[] => {
    const key = `${who.account.id} ${call.url.search.replace(/[?&]X-Plex-[^&]*/gi, "")}`;
    if (historyCache?.revision === state.revision && historyCache.key === key) return historyCache.rows;
    const query = call.url.searchParams;
    const number = (name: string): number | null => {
      const text = query.get(name);
      if (text === null) return null;
      if (!/^-?\d+$/.test(text)) throw new QueryError(`Not a number: ${name}`);
      return Number(text);
    };
    const accountId = number("accountID");
    const from = number("viewedAt>");
    const after = number("viewedAt>>");
    const until = number("viewedAt<");
    const sectionId = query.get("librarySectionID");
    const itemId = query.get("metadataItemID");
    const under = (item: PlexItem | null, id: string): boolean =>
      item !== null && !item.deleted && (item.ratingKey === id || under(item.parent, id));
    const rows = state.history.filter(
      (row) =>
        (who.owner || row.account === who.account) &&
        (accountId === null || localAccountId(state, row.account) === accountId) &&
        (from === null || row.viewedAt >= from) &&
        (after === null || row.viewedAt > after) &&
        (until === null || row.viewedAt <= until) &&
        (sectionId === null || row.libraryKey === sectionId) &&
        (itemId === null || under(row.item, itemId)),
    );
    const sort = query.get("sort");
    if (sort !== null) {
      if (!/^viewedAt(:asc|:desc)?$/.test(sort)) throw new QueryError(`Cannot sort history by ${sort}`);
      const sign = sort.endsWith(":desc") ? -1 : 1;
      rows.sort((a, b) => sign * (a.viewedAt - b.viewedAt || a.id - b.id));
    }
    historyCache = { revision: state.revision, key, rows };
    return rows;
  };

  const history = (call: Call, who: Access): Response => {
    const { guestHistory } = state.quirks;
    if (!who.owner && guestHistory !== "own")
      return htmlError(guestHistory, guestHistory === 401 ? "Unauthorized" : "Forbidden");
    const part = cut(call, historyRows(call, who), "other");
    if (part instanceof Response) return part;
    const rows = part.rows.map((row) => historyText(state, row));
    return page(call, { container: part.facts, kind: "Metadata", rows, headers: part.headers });
  };

  const removeHistoryRow = (who: Access, id: string): Response => {
    if (!who.owner) return htmlError(403, "Forbidden");
    const position = state.history.findIndex((row) => row.id === Number(id));
    if (position < 0) return htmlError(404, "Not Found");
    state.history.splice(position, 1);
    state.revision += 1;
    return new Response("");
  };

  const root = (call: Call, who: Access): Response =>
    container(call, {
      size: 25,
      allowCameraUpload: true,
      allowMediaDeletion: who.owner,
      allowSharing: true,
      allowSync: true,
      backgroundProcessing: true,
      certificate: true,
      countryCode: "deu",
      eventStream: true,
      friendlyName: state.name,
      livetv: 7,
      machineIdentifier: state.machineIdentifier,
      multiuser: true,
      myPlex: true,
      myPlexMappingState: "mapped",
      myPlexSigninState: "ok",
      ...(state.owner.plexPass ? { myPlexSubscription: true, pushNotifications: true } : {}),
      myPlexUsername: state.owner.email,
      ownerFeatures: state.owner.plexPass ? "collections,home,pass,sync,webhooks" : "collections",
      platform: state.platform,
      platformVersion: "6.1",
      updatedAt: Math.floor(now() / 1000) - 60,
      version: state.version,
      Directory: [{ count: 1, key: "library", title: "library" }],
    });

  const accounts = (call: Call): Response => {
    const known = [state.owner, ...state.shares.map((share) => share.account)];
    const rows = [
      { id: 0, key: "/accounts/0", name: "", defaultAudioLanguage: "en", autoSelectAudio: true, thumb: "" },
      ...known.map((account) => ({
        id: localAccountId(state, account),
        key: `/accounts/${localAccountId(state, account)}`,
        name: account.title,
        defaultAudioLanguage: "en",
        autoSelectAudio: true,
        thumb: `https://plex.tv/users/${account.uuid}/avatar?c=1700000000`,
      })),
    ];
    return container(call, { size: rows.length, identifier: "com.plexapp.system.accounts", Account: rows });
  };

  const sessions = (call: Call, who: Access): Response => {
    const rows = state.sessions.map((session) => {
      const row = JSON.parse(rowText(session.item, state.views.get(who.account), rowOptions(call, true))) as Json;
      const id = localAccountId(state, session.account);
      return JSON.stringify({
        ...row,
        librarySectionID: session.item.library.key,
        sessionKey: session.key,
        viewOffset: session.offsetMs,
        User: {
          id: String(id),
          thumb: `https://plex.tv/users/${session.account.uuid}/avatar`,
          title: session.account.title,
        },
        Player: {
          address: "192.168.1.21",
          machineIdentifier: `player-${session.key}`,
          platform: "webOS",
          product: "Plex for LG",
          state: session.state,
          title: session.player,
          local: true,
          userID: id,
        },
        Session: { id: `session-${session.key}`, bandwidth: 5_212, location: "lan" },
      });
    });
    return page(call, { container: { size: rows.length }, kind: "Metadata", rows, headers: {} });
  };

  const preferences = (call: Call): Response => {
    const setting = (id: string, label: string, type: string, value: unknown, fallback: unknown): Json => ({
      id,
      label,
      summary: "",
      type,
      default: fallback,
      value,
      hidden: false,
      advanced: false,
      group: "general",
    });
    const rows = [
      setting("FriendlyName", "Friendly name", "text", state.name, ""),
      setting("LibraryVideoPlayedThreshold", "Video played threshold", "int", 90, 90),
      setting("LibraryVideoPlayedAtBehaviour", "Video play completion behaviour", "int", 3, 3),
      setting("WebHooksEnabled", "Webhooks", "bool", true, true),
      setting("PushNotificationsEnabled", "Push notifications", "bool", false, false),
    ];
    return container(call, { size: rows.length, Setting: rows });
  };

  const adminOnly = (who: Access, answer: () => Response): Response => {
    if (who.owner) return answer();
    const status = state.quirks.guestAdminStatus;
    return htmlError(status, status === 401 ? "Unauthorized" : "Forbidden");
  };

  return {
    root,
    history,
    removeHistoryRow,
    accounts: (call, who) => adminOnly(who, () => accounts(call)),
    sessions: (call, who) => adminOnly(who, () => sessions(call, who)),
    preferences: (call, who) => adminOnly(who, () => preferences(call)),
  };
}
