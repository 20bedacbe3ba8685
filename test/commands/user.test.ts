import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand, temporaryFolder } from "./run-command.ts";

describe("user", () => {
  test("the first account is an admin, later ones are members unless asked otherwise", async () => {
    using folder = temporaryFolder();
    const options = { folder: folder.path, input: "a long enough password\n" };
    expect((await runCommand(["user", "add", "anna"], options)).out).toBe("Added anna (admin).\n");
    expect((await runCommand(["user", "add", "ben"], options)).out).toBe("Added ben (member).\n");
    expect((await runCommand(["user", "add", "cleo", "--admin"], options)).out).toBe("Added cleo (admin).\n");
    const { out } = await runCommand(["user", "list"], { folder: folder.path });
    expect(out.split("\n").map((line) => line.split(/\s+/).slice(0, 2).join(" "))).toEqual([
      "anna admin",
      "ben member",
      "cleo admin",
      "",
    ]);
  });

  test("a password is made up and printed once when none is given", async () => {
    using folder = temporaryFolder();
    const added = await runCommand(["user", "add", "anna"], { folder: folder.path });
    expect(added.out).toMatch(/^Added anna \(admin\)\.\nPassword: [\w-]{20}\n$/);
    const again = await runCommand(["user", "reset-password", "anna", "--generate"], { folder: folder.path });
    expect(again.out).toMatch(/signed out everywhere\.\nPassword: [\w-]{20}\n$/);
  });

  test("a given password is never printed", async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "password");
    writeFileSync(file, "correct horse battery\nsecond line\n");
    const added = await runCommand(["user", "add", "anna", "--password-file", file], { folder: folder.path });
    expect(added).toEqual({ code: 0, out: "Added anna (admin).\n", error: "" });
    const reset = await runCommand(["user", "reset-password", "anna"], {
      folder: folder.path,
      input: "another good one\n",
    });
    expect(reset).toEqual({ code: 0, out: "anna has a new password and is signed out everywhere.\n", error: "" });
  });

  test("a name that is taken, unknown or too short a password is refused and nothing is stored", async () => {
    using folder = temporaryFolder();
    const options = { folder: folder.path, input: "a long enough password\n" };
    await runCommand(["user", "add", "anna"], options);
    const taken = await runCommand(["user", "add", "ANNA"], options);
    expect(taken.code).toBe(1);
    expect(taken.error).toContain("There is an account named ANNA already.");
    const unknown = await runCommand(["user", "reset-password", "ana"], options);
    expect([unknown.code, unknown.error]).toEqual([1, "There is no account named ana.\nDid you mean anna?\n"]);
    const short = await runCommand(["user", "add", "ben"], { folder: folder.path, input: "x\n" });
    expect(short.code).toBe(1);
    expect((await runCommand(["user", "list"], { folder: folder.path })).out).not.toContain("ben");
  });
});
