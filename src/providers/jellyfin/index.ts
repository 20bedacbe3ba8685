import type { Provider } from "../contract.ts";
import { depsOf, type FamilyDeps } from "../mediabrowser/config.ts";
import { createMediaBrowser } from "../mediabrowser/provider.ts";
import { jellyfinDialect } from "./dialect.ts";
import { jellyfinManifest } from "./manifest.ts";
import { createJellyfinWebhooks } from "./webhooks.ts";

export function createJellyfin(family: FamilyDeps): Provider {
  return createMediaBrowser(depsOf(family, jellyfinDialect), jellyfinManifest, createJellyfinWebhooks());
}
