import { mediaServerContract } from "../contracts/media-server.contract.ts";
import { jellyfinHarnesses } from "./jellyfin-bench.ts";

for (const [name, harness] of Object.entries(jellyfinHarnesses)) mediaServerContract(name, harness);
