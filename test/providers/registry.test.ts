import { expect, test } from "bun:test";
import {
  PROVIDER_CHOICE,
  PROVIDER_IDS,
  PROVIDER_NAMES,
  type ProviderId,
  providerLabel,
} from "../../src/domain/providers.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { isAppError } from "../../src/kernel/errors.ts";
import { createHttp } from "../../src/kernel/http.ts";
import { createProviders } from "../../src/providers/registry.ts";
import { plexIdentity, quiet } from "./plex-bench.ts";

const registry = createProviders({
  http: createHttp({ clock: systemClock, log: quiet, userAgent: "test" }),
  clock: systemClock,
  app: { product: "Episode Tracker", version: "0.0.0", deviceName: "Test" },
  plex: { plexTv: "http://plex-tv.invalid", plexApp: "http://app.invalid", ...plexIdentity },
});

test("every provider in the registry is found by the id of its manifest and can be signed in to", () => {
  expect(registry.all().map((each) => each.manifest.id)).toContain("plex");
  for (const provider of registry.all()) {
    expect(registry.get(provider.manifest.id)).toBe(provider);
    expect(provider.pin !== undefined).toBe(provider.manifest.connect === "pin");
    expect(provider.address !== undefined).toBe(provider.manifest.connect === "address");
    expect(provider.service !== undefined).toBe(provider.manifest.connect === "pin");
  }
});

test("every kind of server that is named can be connected", () => {
  expect(registry.all().map((each) => each.manifest.id)).toEqual([...PROVIDER_IDS]);
  for (const { manifest } of registry.all()) expect(providerLabel(manifest.id)).toBe(manifest.label);
  expect([PROVIDER_CHOICE, PROVIDER_NAMES]).toEqual(["plex, jellyfin or emby", "Plex, Jellyfin or Emby"]);
  expect(providerLabel("gramophone")).toBe("gramophone");
});

test("a kind that nobody has written is `not-found`", () => {
  try {
    registry.get("gramophone" as ProviderId);
    throw new Error("It was expected to fail.");
  } catch (error) {
    expect(isAppError(error) && error.code).toBe("not-found");
  }
});
