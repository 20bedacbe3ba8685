import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { endWithUs, until } from "./measure.ts";

const factsSchema = z.object({
  control: z.string(),
  pid: z.number(),
  env: z.record(z.string(), z.string()),
  servers: z.array(
    z.object({
      name: z.string(),
      url: z.string(),
      machineIdentifier: z.string(),
      ownerAccessToken: z.string(),
      libraries: z.array(z.object({ key: z.string(), type: z.string() })),
    }),
  ),
  mediaServers: z.array(
    z.object({
      name: z.string(),
      url: z.string(),
      kind: z.enum(["jellyfin", "emby"]),
      users: z.array(z.object({ id: z.string(), name: z.string(), password: z.string() })),
      libraries: z.array(z.object({ id: z.string() })),
    }),
  ),
});

export type Simulated = z.infer<typeof factsSchema> & {
  folder: string;
  ask(action: string, body?: unknown): Promise<unknown>;
  stop(): Promise<void>;
};

/** The simulated services in a process of their own, so that their work is not counted as ours. */
export async function simulate(world: string): Promise<Simulated> {
  const folder = mkdtempSync(join(tmpdir(), "episode-tracker-bench-"));
  const file = join(folder, "simulators.json");
  const script = join(import.meta.dir, "..", "simulators", "server.ts");
  const child = Bun.spawn(["bun", script, "--world", world, "--port-file", file], {
    stdout: "ignore",
    stderr: "inherit",
  });
  endWithUs(child);
  await until("the simulators' start", async () => existsSync(file));
  const facts = factsSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  return {
    ...facts,
    folder,
    async ask(action, body = {}) {
      const answer = await fetch(`${facts.control}/_control/${action}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`${action}: ${await answer.text()}`);
      return answer.json();
    },
    async stop() {
      child.kill("SIGTERM");
      await child.exited;
    },
  };
}
