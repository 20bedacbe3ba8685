import type { App } from "../app.ts";
import { latestSyncLog } from "../db/repos/sync-logs.ts";
import { serverHolding } from "../db/server-lock.ts";
import { isProviderId, PROVIDER_IDS, type ProviderId } from "../domain/providers.ts";
import { systemClock } from "../kernel/clock.ts";
import { AppError, toAppError } from "../kernel/errors.ts";
import { prepareDataFolder } from "../services/maintenance/data-folder.ts";
import { dataPaths } from "../services/maintenance/paths.ts";
import type { SyncLogView } from "../services/sync/types.ts";
import { UsageError } from "./arguments.ts";
import type { CommandContext, Run } from "./command.ts";
import { createProgressLine } from "./progress.ts";
import { knownUser } from "./user.ts";

type Job = { integrationId: number; userId: number; name: string };

function chosenProvider(name: string | undefined): ProviderId | undefined {
  if (name === undefined) return undefined;
  if (isProviderId(name)) return name;
  throw new UsageError(`--provider must be one of ${PROVIDER_IDS.join(", ")}.`);
}

function chooseJobs(app: App, { args }: CommandContext, provider: ProviderId | undefined): Job[] {
  const userName = args.options.get("user");
  const users = userName === undefined ? app.accounts.list() : [knownUser(app.accounts, userName)];
  return users.flatMap((user) =>
    app.integrations
      .list(user.id, provider)
      .filter((view) => view.enabled)
      .map((view) => ({
        integrationId: Number(view.id),
        userId: user.id,
        name: `${view.serverName} (${user.username})`,
      })),
  );
}

/** A server beside us keeps its own list of running syncs; its row in the log is what both can see. */
function refuseWhileServerSyncs(app: App, dataDir: string, job: Job): void {
  if (serverHolding(dataPaths(dataDir).lock) === null) return;
  if (latestSyncLog(app.deps.db, job.integrationId, "running") === undefined) return;
  throw new AppError("conflict", `${job.name}: the running server is syncing this already.`, {
    hint: "Wait for it, or watch it on the Integrations page.",
  });
}

function describe(job: Job, log: SyncLogView): string {
  const seconds = (log.duration / 1000).toFixed(1);
  const covered = `${log.showsSynced} shows, ${log.episodesSynced} episodes, ${log.watchesAdded} new plays`;
  const lines = [`${job.name}: ${log.status}: ${covered} in ${seconds} s`];
  for (const { show, episode, message, hint } of log.errors) {
    const where = [show, episode].filter((each) => each !== undefined).join(" ");
    lines.push(`  ${where === "" ? "" : `${where}: `}${message} ${hint}`.trimEnd());
  }
  for (const note of log.notes) lines.push(`  ${note}`);
  return `${lines.join("\n")}\n`;
}

async function runJob(app: App, job: Job, context: CommandContext): Promise<boolean> {
  const { terminal, out, args, config } = context;
  refuseWhileServerSyncs(app, config.dataDir, job);
  const line = createProgressLine(job.name, { terminal, out, clock: systemClock });
  const forget = app.deps.bus.subscribe((name, payload) => {
    if (name === "sync.progress" && "progress" in payload && payload.integrationId === job.integrationId) {
      line.show(payload.progress);
    }
  });
  const syncId = app.sync.start(job.integrationId, { trigger: "manual", full: args.switches.has("full") });
  const cancel = () => {
    for (const name of ["SIGINT", "SIGTERM"]) process.once(name, () => process.exit(130));
    app.sync.cancel(job.userId, syncId).catch((error: unknown) => context.error(`${toAppError(error).message}\n`));
  };
  for (const name of ["SIGINT", "SIGTERM"]) process.once(name, cancel);
  try {
    const log = await app.sync.finished(syncId);
    line.end();
    out(describe(job, log));
    return log.status === "success" || log.status === "partial" || log.status === "held";
  } finally {
    for (const name of ["SIGINT", "SIGTERM"]) process.off(name, cancel);
    forget();
  }
}

export const sync: Run = async (context) => {
  const { config, error, args } = context;
  const provider = chosenProvider(args.options.get("provider"));
  prepareDataFolder(config.dataDir);
  const { createApp } = await import("../app.ts");
  const app = await createApp({ ...config, logLevel: config.logLevel === "debug" ? "debug" : "error" });
  try {
    const jobs = chooseJobs(app, context, provider);
    if (jobs.length === 0) {
      error("There is no server to sync with. Connect one on the Integrations page.\n");
      return 1;
    }
    let failed = 0;
    for (const job of jobs) {
      try {
        if (!(await runJob(app, job, context))) failed += 1;
      } catch (failure) {
        failed += 1;
        const { message, hint } = toAppError(failure);
        error(`${job.name}: ${message}${hint === undefined ? "" : ` ${hint}`}\n`);
      }
    }
    return failed === 0 ? 0 : 1;
  } finally {
    await app.stop();
  }
};
