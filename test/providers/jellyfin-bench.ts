import type { MediaServerHarness } from "../contracts/media-server.contract.ts";
import { mediaBrowserHarness } from "./mediabrowser-bench.ts";

/** One of each family of addresses and habits. */
export const jellyfinHarnesses: Record<string, MediaServerHarness> = {
  "Jellyfin 10.8": mediaBrowserHarness("jellyfin-10.8"),
  "Jellyfin 10.11": mediaBrowserHarness("jellyfin-10.11"),
  "Jellyfin 12": mediaBrowserHarness("jellyfin-12"),
};
