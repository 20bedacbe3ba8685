import type { Provider, ProviderManifest } from "../contract.ts";
import { createAccountApi } from "./account.ts";
import type { MediaBrowserDeps } from "./config.ts";
import { openMediaBrowser } from "./server.ts";
import { createAddressConnect } from "./sign-in.ts";

/** What every provider of this family has. */
export function createMediaBrowser(deps: MediaBrowserDeps, manifest: ProviderManifest): Provider {
  return {
    manifest,
    account: createAccountApi(deps),
    address: createAddressConnect(deps),
    open: (options) => openMediaBrowser(deps, options).server,
  };
}
