import { existsSync, statSync } from "node:fs";
import {
  type IntegrationHealth,
  integrationHealth,
  type TableCounts,
  tableCounts,
} from "../../db/repos/maintenance.ts";
import { VERSION } from "../../version.ts";
import type { Deps } from "../context.ts";

/** Facts for a bug report: nothing here names a person, a show, an address or a credential. */
export type Diagnostics = {
  version: string;
  runtime: string;
  platform: string;
  /** Bytes. */
  memory: number;
  /** Bytes, with its write-ahead log. */
  databaseSize: number;
  rows: TableCounts;
  integrations: IntegrationHealth[];
  metadataSources: string[];
  settings: { timeZone: string; basePath: boolean; publicUrl: boolean; trustProxy: boolean; signup: string };
};

const sizeOf = (file: string): number => (existsSync(file) ? statSync(file).size : 0);

export function diagnostics({ db, config }: Pick<Deps, "db" | "config">): Diagnostics {
  return {
    version: VERSION,
    runtime: `Bun ${Bun.version}`,
    platform: `${process.platform} ${process.arch}`,
    memory: process.memoryUsage.rss(),
    databaseSize: sizeOf(db.path) + sizeOf(`${db.path}-wal`),
    rows: tableCounts(db),
    integrations: integrationHealth(db),
    metadataSources: config.metadataSources,
    settings: {
      timeZone: config.timeZone,
      basePath: config.basePath !== "",
      publicUrl: config.publicUrl !== null,
      trustProxy: config.trustProxy.length > 0,
      signup: config.signup,
    },
  };
}
