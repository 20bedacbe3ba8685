import type { Provider } from "../contract.ts";
import { depsOf, type FamilyDeps } from "../mediabrowser/config.ts";
import { createMediaBrowser } from "../mediabrowser/provider.ts";
import { embyDialect } from "./dialect.ts";
import { embyManifest } from "./manifest.ts";
import { createEmbyWebhooks } from "./webhooks.ts";

export function createEmby(family: FamilyDeps): Provider {
  return createMediaBrowser(depsOf(family, embyDialect), embyManifest, createEmbyWebhooks());
}
