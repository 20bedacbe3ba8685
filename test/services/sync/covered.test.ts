import { afterEach, describe, expect, test } from "bun:test";
import { HOUR_MS } from "../../../src/domain/instant.ts";
import { KINDS, type Shelf, shelfOf } from "./kinds.ts";

const open: Shelf[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

describe.each(KINDS)("with %s, what a quick sync covered", (kind) => {
  async function synced(): Promise<Shelf> {
    const shelf = await shelfOf(kind);
    open.push(shelf);
    for (const number of [1, 2, 3]) shelf.watch(1, number, Date.now() - (50 - number) * HOUR_MS);
    expect(await shelf.product.sync(shelf.integration)).toMatchObject({ showsSynced: 1, episodesSynced: 3 });
    return shelf;
  }

  test("is what it found as it was, and what it brought", async () => {
    const { product, integration, watch } = await synced();
    const quick = { mode: "incremental", status: "success", showsSynced: 1 };
    expect(await product.sync(integration)).toMatchObject({ ...quick, episodesSynced: 3 });
    watch(2, 1, Date.now() - HOUR_MS);
    expect(await product.sync(integration)).toMatchObject({ ...quick, episodesSynced: 4, watchesAdded: 1 });
  });

  test("is nothing when nothing could be read, and all of it again with the next", async () => {
    const { product, integration, sims } = await synced();
    sims.faults.add({ server: "Attic", path: /./, effect: { kind: "status", status: 500 } });
    const failed = await product.sync(integration);
    expect(failed).toMatchObject({ mode: "incremental", status: "error", showsSynced: 0, episodesSynced: 0 });
    sims.faults.clear();
    expect(await product.sync(integration)).toMatchObject({ status: "success", showsSynced: 1, episodesSynced: 3 });
  });
});
