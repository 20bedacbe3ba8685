import type { Provider, ProviderManifest, Webhooks } from "../contract.ts";
import { createAccountApi } from "./account.ts";
import type { MediaBrowserDeps } from "./config.ts";
import { withNews } from "./live.ts";
import { openMediaBrowser } from "./server.ts";
import { createAddressConnect } from "./sign-in.ts";

/** What every provider of this family has. */
export function createMediaBrowser(deps: MediaBrowserDeps, manifest: ProviderManifest, webhooks: Webhooks): Provider {
  return {
    manifest,
    account: createAccountApi(deps),
    address: createAddressConnect(deps),
    webhooks,
    open: (options) => withNews(deps, options, openMediaBrowser(deps, options)),
  };
}
