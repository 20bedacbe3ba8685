import { readSetting } from "../db/repos/settings.ts";
import { systemClock } from "../kernel/clock.ts";
import { createHttp } from "../kernel/http.ts";
import { silentLog } from "../kernel/log.ts";
import { configuredProviders } from "../providers/configured.ts";
import type { Check } from "../services/maintenance/checks/check.ts";
import { checkDataFolder } from "../services/maintenance/checks/data-folder.ts";
import { checkDatabase, checkKey, checkServer, openForChecks } from "../services/maintenance/checks/database.ts";
import { checkProcessor } from "../services/maintenance/checks/processor.ts";
import { checkReachable, sourceTargets } from "../services/maintenance/checks/reachability.ts";
import { accountServices, checkServers } from "../services/maintenance/checks/servers.ts";
import { checkTimeZone } from "../services/maintenance/checks/time-zone.ts";
import { existingKey } from "../vault/key.ts";
import { createVault, type Vault } from "../vault/vault.ts";
import { PRODUCT, VERSION } from "../version.ts";
import type { CommandContext, Run } from "./command.ts";

const internetFix =
  "Check this machine's internet connection, DNS and firewall. In a container, also its network and DNS.";

const marks: Record<Check["state"], [string, string]> = {
  ok: ["ok", "\u001b[32m"],
  warn: ["note", "\u001b[33m"],
  broken: ["BROKEN", "\u001b[31m"],
};

function line({ name, state, text, fix }: Check, terminal: boolean): string {
  const [word, colour] = marks[state];
  const mark = terminal ? `${colour}${word.padEnd(6)}\u001b[0m` : word.padEnd(6);
  const indent = " ".repeat(8);
  const help = fix === undefined ? "" : `${indent}-> ${fix.replaceAll("\n", `\n${indent}   `)}\n`;
  return `${mark}  ${name}: ${text}\n${help}`;
}

async function localChecks({ config, environment }: CommandContext): Promise<Check[]> {
  const now = systemClock.now();
  const given = environment["TZ"] || environment["TZ_FILE"] ? config.timeZone : null;
  return [
    checkProcessor(),
    ...checkDataFolder(config.dataDir),
    checkTimeZone(config.timeZone, given, now),
    checkServer(config.dataDir),
    checkDatabase(config.dataDir),
  ];
}

/** Null without the key that fits. */
function vaultBy(check: Check, { config: { encryptionKey: configured, dataDir } }: CommandContext): Vault | null {
  const found = check.state === "broken" ? null : existingKey({ configured, dataDir });
  return found === null ? null : createVault({ key: found.key });
}

export const doctor: Run = async (context) => {
  const { config, terminal, out } = context;
  const http = createHttp({ clock: systemClock, log: silentLog, userAgent: `${PRODUCT}/${VERSION} doctor` });
  const found: Check[] = [];
  const report = (check: Check) => {
    found.push(check);
    out(line(check, terminal));
  };
  out(`${PRODUCT} ${VERSION}, Bun ${Bun.version}, ${process.platform} ${process.arch}\n`);
  for (const check of await localChecks(context)) report(check);
  const sound = found.every((check) => check.name !== "Database" || check.state === "ok");
  const db = sound ? openForChecks(config.dataDir) : null;
  try {
    const key = await checkKey(config.dataDir, config.encryptionKey, db);
    report(key);
    const installation = (db === null ? null : readSetting(db, "installation-id")) ?? "new";
    const providers = configuredProviders(config, { http, clock: systemClock, installation });
    const services = [...accountServices(db, providers), ...sourceTargets(config)];
    const asked = [
      ...services.map((target) => checkReachable(http, target, internetFix)),
      ...(db === null ? [] : checkServers(db, { http, providers, vault: vaultBy(key, context) })),
    ];
    for (const check of await Promise.all(asked)) report(check);
  } finally {
    db?.close();
  }
  const broken = found.filter((check) => check.state === "broken").length;
  out(broken === 0 ? "Nothing is broken.\n" : `${broken} broken: see the lines above for what to do.\n`);
  return broken === 0 ? 0 : 1;
};
