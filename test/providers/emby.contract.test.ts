import { mediaServerContract } from "../contracts/media-server.contract.ts";
import { embyHarness } from "./emby-bench.ts";

mediaServerContract("Emby", embyHarness);
