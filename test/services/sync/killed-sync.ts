import { createApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import { silentLog } from "../../../src/kernel/log.ts";

// A process of its own, to be killed while it syncs: `bun killed-sync.ts DATA_DIR INTEGRATION_ID`.
const [dataDir = "", integrationId = ""] = process.argv.slice(2);
const config = readConfig({
  ...process.env,
  DATA_DIR: dataDir,
  METADATA_SOURCES: "none",
  TZ: "UTC",
  HOST: "127.0.0.1",
  PORT: "0",
});
const app = await createApp(config, { log: silentLog });
for (;;) await app.sync.finished(app.sync.start(Number(integrationId), { trigger: "schedule", full: true }));
