import { z } from "zod";
import type { Config } from "../config.ts";
import { serverHolding } from "../db/server-lock.ts";
import { systemClock } from "../kernel/clock.ts";
import { toAppError } from "../kernel/errors.ts";
import { asJson, createHttp } from "../kernel/http.ts";
import { silentLog } from "../kernel/log.ts";
import { dataPaths } from "../services/maintenance/paths.ts";
import { PRODUCT, VERSION } from "../version.ts";
import type { Run } from "./command.ts";

/** The address to ask: what the running server announced when the port was left open, the configured one otherwise. */
function localUrl(config: Config): string {
  if (config.port === 0) {
    const announced = serverHolding(dataPaths(config.dataDir).lock)?.url;
    if (announced !== undefined && announced !== "") return announced.replace(/\/+$/, "");
  }
  const any = { "0.0.0.0": "127.0.0.1", "::": "[::1]" }[config.host];
  const host = any ?? (config.host.includes(":") ? `[${config.host}]` : config.host);
  return `http://${host}:${config.port}${config.basePath}`;
}

const health = z.object({ status: z.literal("ok"), version: z.string() });

export const healthcheck: Run = async ({ config, out, error }) => {
  const http = createHttp({ clock: systemClock, log: silentLog, userAgent: `${PRODUCT}/${VERSION} healthcheck` });
  try {
    const answer = await http.request({
      name: "The server",
      url: `${localUrl(config)}/api/health`,
      read: asJson("The server", health),
      timeoutMs: 5_000,
      maxBytes: 10_000,
    });
    out(`ok ${answer.version}\n`);
    return 0;
  } catch (failure) {
    error(`${toAppError(failure).message}\n`);
    return 1;
  }
};
