import type { ViewContext } from "../context.ts";
import { id } from "../dom.ts";
import { Icon, type IconName } from "../ui/icon.tsx";
import { SyncLight } from "./sync-light.tsx";

export type NavKey = "up-next" | "library" | "calendar" | "history" | "stats" | "search" | "integrations" | "settings";

type Entry = {
  key: NavKey;
  label: string;
  icon: IconName;
  href: string;
  /** Leads there after "g". */
  letter?: string;
};

function mainEntries({ paths }: ViewContext): Entry[] {
  return [
    { key: "up-next", label: "Up next", icon: "play", href: paths.home(), letter: "u" },
    { key: "library", label: "Library", icon: "library", href: paths.shows(), letter: "l" },
    { key: "calendar", label: "Calendar", icon: "calendar", href: paths.calendar(), letter: "c" },
    { key: "history", label: "History", icon: "history", href: paths.history(), letter: "h" },
    { key: "stats", label: "Statistics", icon: "chart", href: paths.stats(), letter: "s" },
    { key: "search", label: "Search", icon: "search", href: paths.search() },
  ];
}

function houseEntries({ paths }: ViewContext): Entry[] {
  return [
    { key: "integrations", label: "Integrations", icon: "plug", href: paths.integrations() },
    { key: "settings", label: "Settings", icon: "settings", href: paths.settings() },
  ];
}

const PHONE_ENTRIES = 4;

type NavProps = { ctx: ViewContext; current?: NavKey | undefined };

function NavLink({
  ctx,
  entry,
  current,
}: {
  ctx: ViewContext;
  entry: Entry;
  current?: NavKey | undefined;
}): JSX.Element {
  const here = entry.key === current ? { "aria-current": "page" } : {};
  const search = entry.key === "search" ? { "data-search-link": "" } : {};
  const go = entry.letter === undefined ? {} : { "data-go": entry.letter };
  return (
    <a class="nav-link" href={entry.href} {...here} {...search} {...go}>
      <Icon ctx={ctx} name={entry.icon} />
      <span safe>{entry.label}</span>
    </a>
  );
}

function Brand({ ctx }: { ctx: ViewContext }): JSX.Element {
  return (
    <a class="brand" href={ctx.paths.home()}>
      <img src={ctx.assets("logo.svg")} alt="" width="28" height="28" />
      <span>Episode Tracker</span>
    </a>
  );
}

/** The keys that lead somewhere, for the list of keys. */
export function goKeys(ctx: ViewContext): { letter: string; label: string }[] {
  return mainEntries(ctx).flatMap(({ letter, label }) => (letter === undefined ? [] : [{ letter, label }]));
}

export function Sidebar({ ctx, current }: NavProps): JSX.Element {
  return (
    <header class="sidebar">
      <Brand ctx={ctx} />
      <nav class="sidebar-nav" aria-label="Main">
        <div class="nav-group">
          {mainEntries(ctx).map((entry) => (
            <NavLink ctx={ctx} entry={entry} current={current} />
          ))}
        </div>
        <div class="nav-group nav-group-low">
          {houseEntries(ctx).map((entry) => (
            <NavLink ctx={ctx} entry={entry} current={current} />
          ))}
        </div>
      </nav>
      <div class="sidebar-foot">
        <SyncLight ctx={ctx} place="sidebar" />
        <UserFoot ctx={ctx} />
      </div>
    </header>
  );
}

function UserFoot({ ctx }: { ctx: ViewContext }): JSX.Element {
  const user = ctx.user;
  if (user === null) return "";
  return (
    <div class="user-foot">
      <Icon ctx={ctx} name="user" />
      <span class="user-name" dir="auto" safe>
        {user.username}
      </span>
      <form method="post" action={ctx.paths.logout()}>
        <button class="button button-quiet button-icon" type="submit" title="Sign out">
          <Icon ctx={ctx} name="log-out" />
          <span class="visually-hidden">Sign out</span>
        </button>
      </form>
    </div>
  );
}

/** The phone's title bar: name and sync light; shrinks as the page scrolls. */
export function AppBar({ ctx }: { ctx: ViewContext }): JSX.Element {
  return (
    <header class="app-bar">
      <Brand ctx={ctx} />
      <SyncLight ctx={ctx} place="bar" />
    </header>
  );
}

export function PhoneBar({ ctx, current }: NavProps): JSX.Element {
  const entries = mainEntries(ctx);
  const rest = [...entries.slice(PHONE_ENTRIES), ...houseEntries(ctx)];
  const restIsCurrent = rest.some((entry) => entry.key === current);
  return (
    <nav class="phone-bar" aria-label="Main">
      {entries.slice(0, PHONE_ENTRIES).map((entry) => (
        <NavLink ctx={ctx} entry={entry} current={current} />
      ))}
      <button class={restIsCurrent ? "nav-link nav-link-current" : "nav-link"} type="button" popovertarget={id("more")}>
        <Icon ctx={ctx} name="more" />
        <span>More</span>
      </button>
      <div id={id("more")} class="more-sheet" popover="auto">
        {rest.map((entry) => (
          <NavLink ctx={ctx} entry={entry} current={current} />
        ))}
        <UserFoot ctx={ctx} />
      </div>
    </nav>
  );
}
