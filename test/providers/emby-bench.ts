import { mediaBrowserHarness } from "./mediabrowser-bench.ts";

export const embyHarness = mediaBrowserHarness("emby");
