import type { App } from "../app.ts";
import type { Config } from "../config.ts";
import { takeServerLock } from "../db/server-lock.ts";
import { systemClock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { createLog, type Log } from "../kernel/log.ts";
import { prepareDataFolder } from "../services/maintenance/data-folder.ts";
import { dataPaths } from "../services/maintenance/paths.ts";
import { VERSION } from "../version.ts";
import type { Run } from "./command.ts";

/** Container engines wait ten seconds between asking and killing. */
const stopDeadlineMs = 8_000;
const leaveAfterMs = 9_500;

/** The symbolic code (EADDRINUSE …) of an error or of what caused it. */
function systemCode(error: unknown): string | null {
  for (let current = error; current instanceof Error; current = current.cause) {
    const code: unknown = Reflect.get(current, "code");
    if (typeof code === "string" && /^E[A-Z]+$/.test(code)) return code;
  }
  return null;
}

function listenError(error: unknown, { host, port }: Config): unknown {
  const at = `${host}:${port}`;
  switch (systemCode(error)) {
    case "EADDRINUSE":
      return new AppError("conflict", `Port ${port} is already in use on ${host}.`, {
        hint: `Stop the program that uses it, or choose another port: PORT=${port + 1} episode-tracker`,
        cause: error,
      });
    case "EACCES":
      return new AppError("forbidden", `This program may not listen on ${at}.`, {
        hint: "Ports below 1024 belong to root: choose a higher one with PORT.",
        cause: error,
      });
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new AppError("invalid", `HOST: ${host} is not an address of this machine.`, {
        hint: "Use 0.0.0.0 for all addresses, or 127.0.0.1 for this machine only.",
        cause: error,
      });
    default:
      return error;
  }
}

/** Says why before it goes: a process in an unknown state must not go on serving. */
function endOnUnexpected(log: Log): () => void {
  const end = (event: string) => (error: unknown) => {
    const detail = error instanceof Error ? error.stack : undefined;
    log.error(event, { error: error instanceof Error ? error : String(error), detail });
    process.stdout.write("", () => process.exit(1));
  };
  const [onException, onRejection] = [end("process.exception"), end("process.rejection")];
  process.on("uncaughtException", onException);
  process.on("unhandledRejection", onRejection);
  return () => {
    process.off("uncaughtException", onException);
    process.off("unhandledRejection", onRejection);
  };
}

const signals = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/** Resolves with the first signal's name; a second one ends the process at once, whatever is still open. */
function firstSignal(): { arrived: Promise<string>; forget: () => void } {
  const { promise, resolve } = Promise.withResolvers<string>();
  let seen = false;
  const onSignal = (name: string) => {
    if (seen) process.exit(130);
    seen = true;
    resolve(name);
  };
  for (const name of signals) process.on(name, onSignal);
  return {
    arrived: promise,
    forget: () => {
      for (const name of signals) process.off(name, onSignal);
    },
  };
}

async function stopInTime(app: App, log: Log): Promise<void> {
  const late = systemClock.sleep(leaveAfterMs).then(() => "late" as const);
  const outcome = await Promise.race([app.stop(stopDeadlineMs), late]);
  // Every change is a transaction: what is cut off here was not begun or is rolled back at the next start.
  if (outcome === "late") log.warn("server.stop-late", { afterMs: leaveAfterMs });
}

async function startServer(app: App, config: Config): Promise<{ url: string; port: number }> {
  try {
    return await app.start();
  } catch (error) {
    await app.stop(1_000);
    throw listenError(error, config);
  }
}

export const serve: Run = async ({ config, out }) => {
  const log = createLog({ clock: systemClock, level: config.logLevel, format: config.logFormat });
  const signal = firstSignal();
  const calm = endOnUnexpected(log);
  prepareDataFolder(config.dataDir);
  const lock = takeServerLock(dataPaths(config.dataDir).lock, { pid: process.pid, startedAt: systemClock.now() });
  try {
    const { createApp } = await import("../app.ts");
    const app = await createApp(config);
    const { url, port } = await startServer(app, config);
    lock.announce(url);
    log.info("server.listening", { url, port, version: VERSION, dataDir: config.dataDir });
    // Whoever asked for any free port has to learn which one it is, also from a quiet log.
    if (config.port === 0 && (config.logLevel === "warn" || config.logLevel === "error")) out(`${url}\n`);
    const name = await signal.arrived;
    log.info("server.stopping", { signal: name });
    await stopInTime(app, log);
    log.info("server.stopped");
    return 0;
  } finally {
    lock.release();
    calm();
    signal.forget();
  }
};
