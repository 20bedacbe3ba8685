import { describe, expect, test } from "bun:test";
import { librariesOf, updateLibrary } from "../../../src/db/repos/integrations.ts";
import { rememberLibraries } from "../../../src/services/integrations/libraries.ts";
import * as given from "../../support/fixtures.ts";

const show = (key: string) => ({ key, title: `Library ${key}`, type: "show" as const });

function withLibraries() {
  const db = given.createTestDb();
  const id = given.addIntegration(db, given.addUser(db));
  rememberLibraries(db, id, [show("1"), show("2"), show("3")]);
  updateLibrary(db, id, "2", { enabled: false });
  const known = () => librariesOf(db, id).map(({ key, enabled }) => `${key} ${enabled ? "on" : "off"}`);
  return { db, id, known };
}

describe("the libraries of a server", () => {
  test("are forgotten when the server no longer lists them, but what was switched off stays off", () => {
    const { db, id, known } = withLibraries();
    rememberLibraries(db, id, [show("1")]);
    expect(known()).toEqual(["1 on", "2 off"]);
    rememberLibraries(db, id, [show("1"), show("2"), show("4")]);
    expect(known()).toEqual(["1 on", "2 off", "4 on"]);
  });

  test("stay as they were when the server lists none", () => {
    const { db, id, known } = withLibraries();
    rememberLibraries(db, id, []);
    expect(known()).toEqual(["1 on", "2 off", "3 on"]);
  });
});
