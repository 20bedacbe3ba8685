import { describe, expect, test } from "bun:test";
import { connectedFolder, KINDS } from "./connected.ts";
import { runCommand } from "./run-command.ts";

const LABELS: Record<string, string> = { plex: "Plex", jellyfin: "Jellyfin", emby: "Emby" };

describe.each(KINDS)("doctor with %s", (provider) => {
  test("is content when the server takes the sign-in, and asks no service that this kind can do without", async () => {
    await using house = await connectedFolder(provider);
    house.sims.requests.reset();
    const { code, out } = await runCommand(["doctor"], { folder: house.path, env: house.env });
    expect(out).toMatch(
      new RegExp(`^ok +Attic \\(anna\\): ${LABELS[provider]} [\\d.]+\\S* answers at 127.0.0.1:\\d+`, "m"),
    );
    expect([code, out.trimEnd().split("\n").at(-1)]).toEqual([0, "Nothing is broken."]);
    expect(house.sims.requests.count({ service: "plex.tv" }) > 0).toBe(provider === "plex");
    expect(out.includes("plex.tv")).toBe(provider === "plex");
  });

  test("says what is wrong when the server refuses the sign-in, or is down", async () => {
    await using house = await connectedFolder(provider);
    const ask = () => runCommand(["doctor"], { folder: house.path, env: house.env });
    house.sims.faults.add({ server: "Attic", path: /./, effect: { kind: "status", status: 401 } });
    const refused = await ask();
    expect(refused.code).toBe(1);
    expect(refused.out).toMatch(/^BROKEN +Attic \(anna\): The server does not accept this sign-in/m);
    expect(refused.out).toContain("renewed on the Integrations page");
    house.sims.faults.clear();
    await house.sims.takeDown("Attic");
    const down = await ask();
    expect(down.code).toBe(1);
    expect(down.out).toMatch(/^BROKEN +Attic \(anna\): Nothing answers on that port/m);
    expect(down.out).toContain("-> Is that server running");
    expect(down.out.includes("plex.tv")).toBe(provider === "plex");
  });
});

test("without the right key doctor says so, and still asks whether the server answers", async () => {
  await using house = await connectedFolder("jellyfin");
  const env = { ...house.env, INTEGRATION_ENCRYPTION_KEY: "x".repeat(32) };
  const { code, out } = await runCommand(["doctor"], { folder: house.path, env });
  expect(code).toBe(1);
  expect(out).toMatch(/^BROKEN +Encryption key: /m);
  expect(out).toMatch(/^ok +Attic: answers at http:\/\/127.0.0.1:\d+/m);
});
