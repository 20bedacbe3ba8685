import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { hx } from "../ui/hx.ts";

export type SyncLightProps = { ctx: ViewContext; place: "sidebar" | "bar" };

function words({ state, percent }: ViewContext["syncLight"]): string {
  if (state === "attention") return "Needs you";
  if (state === "off") return "Not connected";
  if (state === "waiting") return "Trying again";
  if (state === "quiet") return "Up to date";
  return percent === undefined ? "Syncing" : `Syncing ${Math.floor(percent)} %`;
}

export function SyncLight({ ctx, place }: SyncLightProps): JSX.Element {
  const light = ctx.syncLight;
  // A page of an error has not looked at the servers, and says nothing about them.
  if (light.state === "unknown") return "";
  const refresh = hx({
    get: ctx.paths.syncLight(place),
    trigger: "sync-started from:body, sync-ended from:body",
    target: target("sync-light", place),
    swap: "outerMorph",
    keepOnError: true,
  });
  return (
    <a id={id("sync-light", place)} class={`sync-light sync-light-${light.state}`} href={light.href} {...refresh}>
      <span class="sync-light-dot" aria-hidden="true"></span>
      <span class="visually-hidden">Sync: </span>
      <span safe>{words(light)}</span>
    </a>
  );
}
