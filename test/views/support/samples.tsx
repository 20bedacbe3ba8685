import type { ViewContext } from "../../../views/context.ts";
import { ErrorToast } from "../../../views/pages/error.tsx";
import { Household } from "../../../views/pages/household.tsx";
import { AddressDialog, type AddressModel } from "../../../views/parts/address-panel.tsx";
import { BulkBar, BulkQuestion } from "../../../views/parts/bulk-bar.tsx";
import type { EpisodeRowModel } from "../../../views/parts/episode-row.tsx";
import { HistoryFilter } from "../../../views/parts/history-filter.tsx";
import { HistoryRun } from "../../../views/parts/history-run.tsx";
import { ConnectCard, IntegrationCard, type IntegrationCardModel } from "../../../views/parts/integration-card.tsx";
import { FilterChips, LibraryFilter, type LibraryFilterModel } from "../../../views/parts/library-filter.tsx";
import { MarkDialog } from "../../../views/parts/mark-sheet.tsx";
import { MatchCandidates } from "../../../views/parts/match-candidates.tsx";
import { MatchEvidence } from "../../../views/parts/match-evidence.tsx";
import { NowWatching, type NowWatchingModel } from "../../../views/parts/now-watching.tsx";
import { OtherShows } from "../../../views/parts/other-shows.tsx";
import { PinDialog, type PinModel, PinPage } from "../../../views/parts/pin-dialog.tsx";
import { PlaySheet } from "../../../views/parts/play-sheet.tsx";
import { SeasonBlock } from "../../../views/parts/season-block.tsx";
import { ShowCard, type ShowCardModel, ShowRow } from "../../../views/parts/show-card.tsx";
import { ShowEntry } from "../../../views/parts/show-entry.tsx";
import { ShowMenu } from "../../../views/parts/show-menu.tsx";
import { ShowNotes } from "../../../views/parts/show-notes.tsx";
import { ShowProgress } from "../../../views/parts/show-progress.tsx";
import { SignInWithPanel } from "../../../views/parts/sign-in-with.tsx";
import { SyncErrors } from "../../../views/parts/sync-error.tsx";
import { SyncProgress, type SyncProgressModel } from "../../../views/parts/sync-progress.tsx";
import { RecentSyncs, type SyncRowModel } from "../../../views/parts/sync-row.tsx";
import { SyncShowRow } from "../../../views/parts/sync-show-row.tsx";
import { ToastWithUndo } from "../../../views/parts/toast-with-undo.tsx";
import { UpNextCard, UpNextMenu } from "../../../views/parts/up-next-card.tsx";
import { HOSTILE, NOW } from "./context.ts";

const HOUR_MS = 3_600_000;

export function runningSync(over: Partial<SyncProgressModel> = {}): SyncProgressModel {
  return {
    syncId: "y9",
    status: "running",
    mode: "full",
    phase: HOSTILE,
    done: 4120,
    total: 6000,
    shows: 48,
    episodes: 1204,
    added: 0,
    ...over,
  };
}

export function integration(over: Partial<IntegrationCardModel> = {}): IntegrationCardModel {
  return {
    id: "i1",
    provider: "plex",
    providerName: "Plex",
    state: "ok",
    serverName: HOSTILE,
    accountName: HOSTILE,
    serverVersion: HOSTILE,
    connection: { kind: "local", latencyMs: 3.2 },
    lastSync: { id: "y1", endedAt: NOW - HOUR_MS, status: "success", added: 3 },
    nextSyncAt: NOW + HOUR_MS,
    autoSync: true,
    schedule: "1h",
    schedules: [{ value: "1h", label: HOSTILE }],
    running: null,
    live: { state: "live", since: NOW - HOUR_MS },
    watching: [nowWatching()],
    ...over,
  };
}

export function nowWatching(over: Partial<NowWatchingModel> = {}): NowWatchingModel {
  return {
    id: "1-7",
    showId: "s1",
    showTitle: HOSTILE,
    posterUrl: null,
    season: 2,
    number: 5,
    episodeTitle: HOSTILE,
    paused: false,
    positionMs: 600_000,
    durationMs: 3_000_000,
    player: HOSTILE,
    ...over,
  };
}

export function syncRow(over: Partial<SyncRowModel> = {}): SyncRowModel {
  return {
    id: "y1",
    integrationLabel: HOSTILE,
    trigger: "schedule",
    mode: "incremental",
    status: "success",
    startedAt: NOW,
    durationMs: 1240,
    shows: 48,
    episodes: 1204,
    added: 3,
    attention: 0,
    ...over,
  };
}

function episode(index: number): EpisodeRowModel {
  const play = { certainty: "unknown", watchedAt: null, source: HOSTILE, evidence: HOSTILE, syncId: "y1" } as const;
  return {
    id: `e${index}`,
    number: index === 2 ? null : index,
    seasonNumber: 2,
    title: HOSTILE,
    airedAt: NOW + index * HOUR_MS,
    watched: index === 1,
    plays: index === 1 ? [{ ...play, id: "p1" }] : [],
  };
}

function show(id: string): ShowCardModel {
  return {
    id,
    title: HOSTILE,
    year: null,
    posterUrl: null,
    watched: 1,
    aired: 3,
    newEpisode: true,
    next: { id: `e-${id}`, seasonNumber: 1, number: 2, title: HOSTILE },
    nextAirAt: NOW + HOUR_MS,
    lastWatchedAt: NOW - HOUR_MS,
    rating: 8,
  };
}

const OPTIONS = [{ value: HOSTILE, label: HOSTILE }];

const FILTER: LibraryFilterModel = {
  query: HOSTILE,
  sort: "title",
  sorts: OPTIONS,
  turn: { href: "/tracker/shows?order=desc&network=%22", label: HOSTILE, ascending: true },
  statuses: OPTIONS,
  status: HOSTILE,
  progresses: OPTIONS,
  progress: "",
  rateds: OPTIONS,
  rated: "",
  genres: [{ value: HOSTILE, label: HOSTILE, shows: 3, checked: true }],
  networks: [{ value: HOSTILE, label: HOSTILE, shows: 3, checked: false }],
  chips: [
    { label: HOSTILE, href: "/tracker/shows?a=%22" },
    { label: HOSTILE, href: "/tracker/shows" },
  ],
  clearHref: "/tracker/shows",
  view: "grid",
  views: [
    { view: "grid", href: "/tracker/shows?view=grid" },
    { view: "list", href: "/tracker/shows?view=list" },
  ],
  hidden: [{ name: "list", value: HOSTILE }],
};

const PIN = { provider: "plex", providerName: "Plex" };

const AT_SERVER = { at: { serverUrl: HOSTILE, serverName: HOSTILE, insecureTls: true, byCode: true } };

export const PINS: readonly PinModel[] = [
  {
    ...PIN,
    pinId: "a",
    state: "waiting",
    code: "x",
    authUrl: "https://app.plex.tv/auth#?code=1",
    expiresAt: NOW + HOUR_MS,
  },
  {
    ...PIN,
    pinId: "b",
    state: "choose",
    accountName: HOSTILE,
    problem: HOSTILE,
    doubt: HOSTILE,
    servers: [
      {
        machineIdentifier: "m1",
        name: HOSTILE,
        owned: false,
        addresses: [{ uri: HOSTILE, kind: "local", probe: { ok: false, reason: HOSTILE } }],
      },
      {
        machineIdentifier: "m2",
        name: HOSTILE,
        owned: true,
        connected: true,
        addresses: [{ uri: "http://10.0.0.2:32400", kind: "relay", probe: { ok: true, latencyMs: 3 } }],
      },
    ],
  },
  { ...PIN, pinId: "c", state: "expired" },
  { ...PIN, pinId: "d", state: "failed", message: HOSTILE, hint: HOSTILE },
  { ...PIN, pinId: "e", state: "connected", serverName: HOSTILE, accountName: HOSTILE, integrationId: "i1" },
  {
    ...PIN,
    ...AT_SERVER,
    pinId: "f",
    state: "code",
    code: HOSTILE,
    codeName: HOSTILE,
    where: HOSTILE,
    expiresAt: NOW + HOUR_MS,
  },
  {
    ...PIN,
    ...AT_SERVER,
    pinId: "g",
    state: "accounts",
    accounts: [{ id: HOSTILE, username: HOSTILE }],
    problem: HOSTILE,
  },
];

const ADDRESS: AddressModel = {
  provider: "jellyfin",
  providerName: "Jellyfin",
  example: "http://192.0.2.1:8096",
  serverUrl: HOSTILE,
  insecureTls: true,
  offersInsecure: true,
  username: HOSTILE,
  problem: { text: HOSTILE, field: null },
  tried: [{ uri: HOSTILE, reason: HOSTILE }],
  found: null,
};

const FOUND = { name: HOSTILE, version: HOSTILE, codeName: HOSTILE, keyHint: HOSTILE };

/** Every part with hostile words, as they would stand on pages. */
export const SAMPLES: Readonly<Record<string, (ctx: ViewContext) => JSX.Element>> = {
  "a household": (ctx) => (
    <Household
      ctx={ctx}
      household={{
        integrationId: "i1",
        provider: "plex",
        providerName: "Plex",
        serverName: HOSTILE,
        users: [{ value: "1", label: HOSTILE }],
        problem: {
          form: `${HOSTILE}free`,
          errors: { form: HOSTILE, pin: HOSTILE, username: HOSTILE },
          input: { username: HOSTILE },
        },
        unread: null,
        members: (["self", "linked", "connected", "offered", "free"] as const).map((state) => ({
          memberId: `${HOSTILE}${state}`,
          name: HOSTILE,
          managed: false,
          asksPin: true,
          state,
          username: HOSTILE,
          needsLink: true,
          user: "1",
          signInAs: { accountId: HOSTILE, userId: HOSTILE },
        })),
      }}
    />
  ),
  "a refused sign-in": (ctx) => (
    <SignInWithPanel
      ctx={ctx}
      attempt={{ ...PIN, pinId: HOSTILE, state: "refused", message: HOSTILE, hint: HOSTILE }}
    />
  ),
  "a linked integration": (ctx) => (
    <IntegrationCard
      ctx={ctx}
      integration={integration({ throughHome: true, household: true, state: "needs-login" })}
    />
  ),
  "library grid": (ctx) => (
    <ul>
      <ShowCard ctx={ctx} eager show={{ ...show("s1"), posterUrl: "/images/shows/s1/poster?v=1", watched: 3 }} />
      <ShowCard
        ctx={ctx}
        eager={false}
        show={{ ...show("s2"), title: "x".repeat(500), year: 2011, aired: 0, next: null }}
      />
    </ul>
  ),
  "library list": (ctx) => (
    <ul>
      <ShowRow ctx={ctx} show={show("s3")} />
      <ShowRow ctx={ctx} show={{ ...show("s4"), next: null, rating: null, lastWatchedAt: null }} />
    </ul>
  ),
  "library, choosing": (ctx) => (
    <>
      <ul>
        <ShowCard ctx={ctx} show={show("s5")} picking="yes" />
        <ShowRow ctx={ctx} show={show("s6")} picking="all" />
      </ul>
      <BulkBar
        ctx={ctx}
        bulk={{ lists: OPTIONS, ratings: OPTIONS, from: HOSTILE, allHref: "/tracker/shows?select=all" }}
      />
    </>
  ),
  "library filter": (ctx) => (
    <>
      <LibraryFilter ctx={ctx} filter={FILTER} />
      <FilterChips ctx={ctx} filter={FILTER} />
    </>
  ),
  "show menu": (ctx) => (
    <ShowMenu
      ctx={ctx}
      menu={{
        showId: "s1",
        title: HOSTILE,
        next: show("s1").next,
        list: HOSTILE,
        lists: OPTIONS,
        rating: "",
        ratings: OPTIONS,
      }}
    />
  ),
  "bulk question": (ctx) => (
    <BulkQuestion
      ctx={ctx}
      question={{
        title: HOSTILE,
        text: HOSTILE,
        titles: [HOSTILE],
        others: HOSTILE,
        label: HOSTILE,
        danger: true,
        ids: [HOSTILE],
        what: HOSTILE,
        from: "/tracker/shows",
        shown: HOSTILE,
      }}
    />
  ),
  "up next": (ctx) => (
    <ul>
      {[
        {
          showId: "s1",
          showTitle: HOSTILE,
          posterUrl: null,
          episodeId: "e1",
          seasonNumber: 2,
          episodeNumber: 5,
          episodeTitle: HOSTILE,
          airedAt: null,
          airedExact: false,
          clock: "2025-03-14T21:26",
          isNew: true,
          runtimeMin: 42,
          remaining: 2,
        },
      ].map((next) => (
        <>
          <UpNextCard ctx={ctx} next={next} />
          <li>
            <UpNextMenu ctx={ctx} showId={next.showId} title={next.showTitle} next={next} />
          </li>
        </>
      ))}
    </ul>
  ),
  season: (ctx) => (
    <SeasonBlock
      ctx={ctx}
      season={{
        showId: "s1",
        number: 2,
        title: HOSTILE,
        watched: 1,
        aired: 3,
        total: 3,
        open: true,
        rows: { episodes: [episode(1), episode(2), episode(3)], part: 2, parts: ["1–3", "4–6"] },
      }}
    />
  ),
  "watched season": (ctx) => (
    <SeasonBlock
      ctx={ctx}
      season={{
        showId: "s1",
        number: 0,
        title: HOSTILE,
        watched: 1,
        aired: 1,
        total: 1,
        open: false,
        rows: null,
      }}
    />
  ),
  "mark sheet": (ctx) => (
    <MarkDialog
      ctx={ctx}
      sheet={{
        scope: "episode-e1",
        title: HOSTILE,
        facts: HOSTILE,
        airDateLabel: "On the air date",
        nowLocal: "2026-01-02T20:00",
        actions: [{ label: HOSTILE, action: ctx.paths.episodeWatched("e1"), method: "put", icon: "check" }],
        unmark: { label: HOSTILE, action: ctx.paths.episodeWatched("e1"), confirm: HOSTILE },
        problem: { typed: HOSTILE, text: HOSTILE },
        back: { href: ctx.paths.show("s1"), label: HOSTILE },
      }}
    />
  ),
  "show progress, entry and notes": (ctx) => (
    <>
      <ShowProgress
        ctx={ctx}
        show={{
          id: "s1",
          title: HOSTILE,
          watched: 1,
          aired: 3,
          total: 4,
          hasEnded: false,
          next: { id: "e1", seasonNumber: 1, number: 2, title: HOSTILE, airedAt: NOW },
          coming: null,
        }}
      />
      <ShowEntry
        ctx={ctx}
        show={{
          id: "s1",
          title: HOSTILE,
          watched: 1,
          aired: 3,
          list: "",
          lists: [{ value: "", label: HOSTILE }],
          rating: 7,
        }}
      />
      <ShowNotes
        ctx={ctx}
        show={{ id: "s1", notes: `${HOSTILE}</textarea><script>alert(1)</script>`, longestNotes: 9 }}
      />
    </>
  ),
  "other shows": (ctx) => (
    <OtherShows
      ctx={ctx}
      showId="s1"
      shows={[{ id: "s2", title: HOSTILE, year: null, network: HOSTILE, posterUrl: null, watched: 1, aired: 3 }]}
    />
  ),
  history: (ctx) => (
    <HistoryRun
      ctx={ctx}
      run={{
        showId: "s1",
        showTitle: HOSTILE,
        posterUrl: null,
        plays: [
          {
            play: { id: "p1", watchedAt: NOW, certainty: "marked", source: HOSTILE, syncId: "y1" },
            seasonNumber: 1,
            episodeNumber: 1,
            episodeTitle: HOSTILE,
          },
        ],
      }}
    />
  ),
  "history filter": (ctx) => (
    <HistoryFilter
      ctx={ctx}
      filter={{
        selfHref: "/history",
        title: HOSTILE,
        titleError: HOSTILE,
        names: [HOSTILE],
        from: HOSTILE,
        to: HOSTILE,
        source: "1",
        sources: [{ value: "1", label: HOSTILE }],
        undated: true,
        months: [
          { value: "", label: "Go to a month" },
          { value: "2026-01", label: HOSTILE },
        ],
        chips: [{ kind: "Show", value: HOSTILE, removeHref: "/history" }],
        kept: { show: HOSTILE },
      }}
    />
  ),
  "sheet of a play": (ctx) => (
    <PlaySheet
      ctx={ctx}
      sheet={{
        play: { id: "p1", watchedAt: NOW, certainty: "marked", source: HOSTILE, syncId: "y1" },
        showId: "s1",
        showTitle: HOSTILE,
        episode: HOSTILE,
        facts: HOSTILE,
        value: "2026-01-02T20:00",
        latest: "2026-01-03T20:00",
        timeZone: "Europe/Berlin",
        airDate: HOSTILE,
        resetLabel: HOSTILE,
        removable: true,
        back: HOSTILE,
        error: HOSTILE,
      }}
    />
  ),
  "running integration": (ctx) => <IntegrationCard ctx={ctx} integration={integration({ running: runningSync() })} />,
  "integration that reconnects": (ctx) => (
    <IntegrationCard
      ctx={ctx}
      integration={integration({ live: { state: "reconnecting", since: NOW - HOUR_MS, nextTryAt: NOW + 8_000 } })}
    />
  ),
  "now watching": (ctx) => (
    <NowWatching
      ctx={ctx}
      items={[
        nowWatching(),
        nowWatching({
          id: "1-8",
          showId: null,
          season: null,
          number: null,
          episodeTitle: null,
          durationMs: null,
          paused: true,
          player: null,
        }),
      ]}
    />
  ),
  "nothing playing": (ctx) => <NowWatching ctx={ctx} items={[]} />,
  "integration in need": (ctx) => (
    <IntegrationCard
      ctx={ctx}
      integration={integration({ state: "needs-login", stateHint: HOSTILE, lastSync: null })}
    />
  ),
  "connect card": (ctx) => (
    <ConnectCard ctx={ctx} provider="plex" providerName="Plex" text={HOSTILE} byAddress primary />
  ),
  "ended sync": (ctx) => <SyncProgress ctx={ctx} sync={runningSync({ status: "partial" })} />,
  "recent syncs": (ctx) => (
    <RecentSyncs
      ctx={ctx}
      recent={{
        syncs: [syncRow(), syncRow({ id: "y2", status: "held", attention: 2, added: 0 })],
        live: [syncRow({ id: "y3", trigger: "webhook", shows: 1, episodes: 1, added: 1 })],
      }}
    />
  ),
  "sync errors": (ctx) => (
    <SyncErrors
      ctx={ctx}
      errors={[
        {
          key: "1",
          kind: "show-match",
          message: HOSTILE,
          hint: HOSTILE,
          show: HOSTILE,
          episode: HOSTILE,
          action: { label: "Choose show", href: "/shows/s1/match" },
        },
      ]}
    />
  ),
  "sync show": (ctx) => (
    <SyncShowRow
      ctx={ctx}
      row={{
        key: "1",
        showId: "s1",
        title: HOSTILE,
        year: 2010,
        outcome: "doubtful",
        added: 1,
        removed: 1,
        leftOut: 1,
        episodes: 3,
        note: HOSTILE,
        changes: [{ kind: "skipped", seasonNumber: 1, episodeNumber: null, title: HOSTILE, note: HOSTILE }],
      }}
    />
  ),
  "match evidence": (ctx) => (
    <MatchEvidence
      ctx={ctx}
      evidence={{
        serverTitle: HOSTILE,
        serverYear: null,
        serverLabel: HOSTILE,
        method: HOSTILE,
        confidence: "doubtful",
        ids: [{ label: HOSTILE, value: HOSTILE, href: "javascript:alert(1)" }],
      }}
    />
  ),
  "match candidates": (ctx) => (
    <MatchCandidates
      ctx={ctx}
      showId="s1"
      query={HOSTILE}
      problem={HOSTILE}
      candidates={[
        {
          source: "tvmaze",
          id: HOSTILE,
          sourceName: "TVmaze",
          title: HOSTILE,
          year: 2011,
          posterUrl: null,
          facts: HOSTILE,
          overview: HOSTILE,
          current: false,
        },
      ]}
    />
  ),
  toast: (ctx) => <ToastWithUndo ctx={ctx} text={HOSTILE} undo={{ token: HOSTILE, part: "up-next", back: HOSTILE }} />,
  "error toast": (ctx) => (
    <ErrorToast ctx={ctx} error={{ status: 502, title: HOSTILE, detail: HOSTILE, hint: HOSTILE }} />
  ),
  "address of a server": (ctx) => <AddressDialog ctx={ctx} address={ADDRESS} />,
  "ways to sign in at a server": (ctx) => (
    <AddressDialog ctx={ctx} address={{ ...ADDRESS, problem: { text: HOSTILE, field: "password" }, found: FOUND }} />
  ),
  ...Object.fromEntries(
    PINS.map((pin) => [`pin dialog, ${pin.state}`, (ctx: ViewContext) => <PinDialog ctx={ctx} pin={pin} />]),
  ),
  ...Object.fromEntries(
    PINS.map((pin) => [`pin page, ${pin.state}`, (ctx: ViewContext) => <PinPage ctx={ctx} pin={pin} />]),
  ),
};
