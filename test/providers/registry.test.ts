import { expect, test } from "bun:test";
import { systemClock } from "../../src/kernel/clock.ts";
import { isAppError } from "../../src/kernel/errors.ts";
import { createHttp } from "../../src/kernel/http.ts";
import { createProviders } from "../../src/providers/registry.ts";
import { plexIdentity, quiet } from "./plex-bench.ts";

const registry = createProviders({
  http: createHttp({ clock: systemClock, log: quiet, userAgent: "test" }),
  clock: systemClock,
  plex: { plexTv: "http://plex-tv.invalid", plexApp: "http://app.invalid", ...plexIdentity },
});

test("every provider in the registry is found by the id of its manifest and can be signed in to", () => {
  expect(registry.all().map((each) => each.manifest.id)).toContain("plex");
  for (const provider of registry.all()) {
    expect(registry.get(provider.manifest.id)).toBe(provider);
    expect(provider.pin !== undefined).toBe(provider.manifest.connect === "pin");
  }
});

test("a kind of server that cannot be connected is `not-found`", () => {
  try {
    registry.get("emby");
    throw new Error("It was expected to fail.");
  } catch (error) {
    expect(isAppError(error) && error.code).toBe("not-found");
  }
});
