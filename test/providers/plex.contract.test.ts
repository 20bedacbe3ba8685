import { mediaServerContract } from "../contracts/media-server.contract.ts";
import { plexHarness } from "./plex-bench.ts";

mediaServerContract("Plex", plexHarness);
