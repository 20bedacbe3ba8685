import type { PropsWithChildren } from "@kitajs/html";
import type { ViewContext } from "./context.ts";
import { id } from "./dom.ts";
import { KeyboardHelp } from "./parts/keyboard-help.tsx";
import { AppBar, type NavKey, PhoneBar, Sidebar } from "./parts/navigation.tsx";
import { Banner } from "./ui/banner.tsx";
import { Button } from "./ui/button.tsx";
import { hx } from "./ui/hx.ts";
import { Icon } from "./ui/icon.tsx";
import { attr } from "./ui/text.ts";

export type { NavKey } from "./parts/navigation.tsx";

export type LayoutProps = PropsWithChildren<{
  ctx: ViewContext;
  title: string;
  /** Which entry of the navigation this page belongs to. */
  nav?: NavKey | undefined;
  /** "bare": no navigation (sign-in, set-up, the page a popup returns to). */
  frame?: "app" | "bare" | undefined;
  /** Seconds after which a reader without script gets the page anew (waiting pages). */
  refreshSeconds?: number | undefined;
  /** Keeps an event stream open; only for pages that show live news. */
  live?: boolean | undefined;
}>;

/** Indicator styles would be injected at run time; ours are in app.css. Evaluated attributes are never used. */
const HTMX_CONFIG = JSON.stringify({
  includeIndicatorCSS: false,
  extensions: "sse",
  defaultTimeout: 30_000,
  // A fold that the reader opened stays open when its part is morphed.
  morphIgnore: ["data-htmx-powered", "open"],
});

export function Layout(props: LayoutProps): JSX.Element {
  const { ctx } = props;
  return (
    <>
      {"<!doctype html>"}
      <html lang="en" data-theme={ctx.theme}>
        <Head {...props} />
        <body>
          <a class="skip-link" href={`#${id("main")}`}>
            Skip to content
          </a>
          {props.frame === "bare" ? <BareFrame {...props} /> : <AppFrame {...props} />}
          <div id={id("dialog")}></div>
          <ConfirmDialog />
          <div id={id("toasts")} class="toasts" role="status" aria-live="polite"></div>
        </body>
      </html>
    </>
  );
}

function Head({ ctx, title, refreshSeconds }: LayoutProps): JSX.Element {
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
      <title safe>{`${title} · Episode Tracker`}</title>
      <meta name="referrer" content="same-origin" />
      <ThemeColor ctx={ctx} />
      <meta name="htmx-config" content={HTMX_CONFIG} />
      {refreshSeconds === undefined ? (
        ""
      ) : (
        <noscript>
          <meta http-equiv="refresh" content={String(refreshSeconds)} />
        </noscript>
      )}
      <link rel="stylesheet" href={ctx.assets("app.css")} />
      <link rel="icon" href={ctx.assets("favicon.svg")} type="image/svg+xml" />
      <link rel="apple-touch-icon" href={ctx.assets("icon-192.png")} />
      <link rel="manifest" href={ctx.paths.manifest()} />
      <meta name="application-name" content="Episode Tracker" />
      <meta name="apple-mobile-web-app-title" content="Episodes" />
      <meta name="mobile-web-app-capable" content="yes" />
      <meta name="service-worker" content={ctx.paths.worker()} />
      <script src={ctx.assets("page.js")} defer></script>
    </head>
  );
}

/** The colour of the browser's own bars; the two surfaces of app.css. */
function ThemeColor({ ctx }: { ctx: ViewContext }): JSX.Element {
  const dark = ctx.theme === "auto" ? { media: "(prefers-color-scheme: dark)" } : {};
  const light = ctx.theme === "auto" ? { media: "(prefers-color-scheme: light)" } : {};
  return (
    <>
      {ctx.theme === "light" ? "" : <meta name="theme-color" content="#141210" {...dark} />}
      {ctx.theme === "dark" ? "" : <meta name="theme-color" content="#f9f7f4" {...light} />}
    </>
  );
}

function AppFrame({ ctx, nav, live, children }: LayoutProps): JSX.Element {
  return (
    <div class="frame">
      <Sidebar ctx={ctx} current={nav} />
      <AppBar ctx={ctx} />
      <main id={id("main")} class="main" tabindex="-1">
        <FlashLine ctx={ctx} />
        <Banners ctx={ctx} />
        {children}
      </main>
      <PhoneBar ctx={ctx} current={nav} />
      <KeyboardHelp ctx={ctx} />
      {live ? <LiveStream ctx={ctx} /> : ""}
    </div>
  );
}

function BareFrame({ ctx, children }: LayoutProps): JSX.Element {
  return (
    <main id={id("main")} class="bare" tabindex="-1">
      <p class="brand">
        <img src={attr(ctx.assets("logo.svg"))} alt="" width="40" height="40" />
        <span>Episode Tracker</span>
      </p>
      <FlashLine ctx={ctx} />
      <Banners ctx={ctx} />
      {children}
    </main>
  );
}

function FlashLine({ ctx }: { ctx: ViewContext }): JSX.Element {
  const { flash } = ctx;
  if (flash === undefined) return "";
  return (
    <div class={`banner banner-${flash.tone} flash`} role="status">
      <Icon ctx={ctx} name={flash.tone === "error" ? "x-circle" : "check-circle"} />
      <p dir="auto" safe>
        {flash.text}
      </p>
      {flash.undo === undefined ? (
        ""
      ) : (
        <form method="post" action={ctx.paths.undo()}>
          <input type="hidden" name="token" value={attr(flash.undo.token)} />
          <input type="hidden" name="back" value={attr(flash.undo.back)} />
          <Button ctx={ctx} kind="quiet" icon="undo" label="Undo" name={`Undo: ${flash.text}`} />
        </form>
      )}
    </div>
  );
}

export function Banners({ ctx }: { ctx: ViewContext }): JSX.Element {
  return (
    <div id={id("banners")} class="banners">
      {ctx.banners.map((banner) => (
        <Banner ctx={ctx} banner={banner} />
      ))}
    </div>
  );
}

/** Names of what happened become DOM events on this element; see static/live.js. */
function LiveStream({ ctx }: { ctx: ViewContext }): JSX.Element {
  const stream = { "hx-sse:connect": ctx.paths.events(), "data-news": attr(ctx.news ?? "") };
  return <div id={id("live")} hidden {...stream} {...hx({ swap: "none" })}></div>;
}

/** Asks for everything with `hx-confirm`; app.js fills in the words. */
function ConfirmDialog(): JSX.Element {
  return (
    <dialog id={id("confirm")} class="dialog dialog-small" aria-label="Please confirm">
      <form method="dialog" class="dialog-body">
        <p class="confirm-text" data-confirm-text="">
          Do you want to go on?
        </p>
        <div class="actions actions-end">
          <button class="button button-secondary" type="submit" value="cancel">
            Cancel
          </button>
          <button class="button button-danger" type="submit" value="confirm" data-confirm-yes="">
            <span data-confirm-yes-label="">Yes, go on</span>
          </button>
        </div>
      </form>
    </dialog>
  );
}
