import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { durationText } from "../ui/format.ts";
import { Icon } from "../ui/icon.tsx";
import { Time } from "../ui/time.tsx";
import { refreshing } from "./more.tsx";
import { NowWatchingList, type NowWatchingModel } from "./now-watching.tsx";

/** Whether a server's news is heard as it happens. */
export type LiveModel =
  | { state: "off"; reason?: string }
  | { state: "connecting" }
  | { state: "live"; since: number }
  | { state: "reconnecting"; since: number; nextTryAt: number };

export type LiveLineProps = {
  ctx: ViewContext;
  integrationId: string;
  live: LiveModel;
  watching: readonly NowWatchingModel[];
};

/** On the card of an integration: the connection that brings plays at once, and what plays there now. */
export function LiveLine({ ctx, integrationId, live, watching }: LiveLineProps): JSX.Element {
  const refresh = refreshing({
    href: ctx.paths.integrationLive(integrationId),
    into: target("integration-live", integrationId),
    on: ["stream-changed", "watching-changed", "resync"],
  });
  return (
    <div
      id={id("integration-live", integrationId)}
      class="integration-live"
      hidden={live.state === "off" && live.reason === undefined && watching.length === 0}
      {...refresh}
    >
      <p class="live-line dim">
        <State ctx={ctx} live={live} />
      </p>
      <NowWatchingList ctx={ctx} items={watching} />
    </div>
  );
}

function waitText(ms: number): string {
  return ms < 10_000 ? `${Math.ceil(ms / 1_000)} s` : durationText(ms);
}

function State({ ctx, live }: { ctx: ViewContext; live: LiveModel }): JSX.Element {
  switch (live.state) {
    case "live":
      return (
        <>
          <span class="live-dot" aria-hidden="true"></span>
          <span>
            <span class="live-word">Live</span> since <Time ctx={ctx} at={live.since} as="stamp" />: plays arrive as
            they happen
          </span>
        </>
      );
    case "reconnecting": {
      const waitMs = live.nextTryAt - ctx.now;
      return (
        <>
          <Icon ctx={ctx} name="wifi-off" />
          <span>
            Reconnecting, next try <span safe>{waitMs < 1_000 ? "now" : `in ${waitText(waitMs)}`}</span>. Until then
            plays come with each sync.
          </span>
        </>
      );
    }
    case "connecting":
      return <span>Connecting for live news …</span>;
    case "off":
      return <Silence ctx={ctx} reason={live.reason ?? null} />;
  }
}

function Silence({ ctx, reason }: { ctx: ViewContext; reason: string | null }): JSX.Element {
  if (reason === null) return "";
  return (
    <>
      <Icon ctx={ctx} name="wifi-off" />
      <span safe>{reason}</span>
    </>
  );
}
