import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../../src/config.ts";
import { showById } from "../../../src/db/repos/shows.ts";
import { HOUR_MS } from "../../../src/domain/instant.ts";
import { AppError } from "../../../src/kernel/errors.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import type { MetadataSource } from "../../../src/metadata/contract.ts";
import type { MediaServer } from "../../../src/providers/contract.ts";
import { imageKind } from "../../../src/services/artwork/image-kinds.ts";
import { createArtwork } from "../../../src/services/artwork/service.ts";
import { createTestClock } from "../../support/clock.ts";
import { standIn } from "../../support/fake-services.ts";
import * as given from "../../support/fixtures.ts";

const { DAY, NOW } = given;

const png = (mark: number) => new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, mark]);
const jpeg = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1]);
const html = new TextEncoder().encode("<html>");

type Answer = { bytes: Uint8Array<ArrayBuffer>; type: string } | AppError;

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function setUp() {
  const dataDir = mkdtempSync(join(tmpdir(), "artwork-"));
  folders.push(dataDir);
  const db = given.createTestDb();
  const clock = createTestClock(NOW);
  const asked: string[] = [];
  const load = { now: 0, most: 0 };
  const answers: { catalogue: Answer; server: Answer } = {
    catalogue: { bytes: jpeg, type: "image/jpeg" },
    server: { bytes: png(1), type: "image/png" },
  };
  const give = async (from: "catalogue" | "server", what: string) => {
    asked.push(what);
    load.now += 1;
    load.most = Math.max(load.most, load.now);
    await new Promise((resolve) => setTimeout(resolve, 1));
    load.now -= 1;
    const answer = answers[from];
    if (answer instanceof AppError) throw answer;
    return answer;
  };
  const source = standIn<MetadataSource>("source", {
    id: "tvmaze",
    label: "TVmaze",
    artwork: (url) => give("catalogue", url),
  });
  const openServer = async (integrationId: number) =>
    ({ artwork: (path) => give("server", `${integrationId}${path}`) }) as Pick<MediaServer, "artwork"> as MediaServer;
  const config = readConfig({ DATA_DIR: dataDir });
  const artwork = createArtwork({ config, db, clock, log: silentLog, sources: [source] }, { openServer });
  const userId = given.addUser(db);
  const integrationId = given.addIntegration(db, userId);
  const onServer = { posterIntegrationId: integrationId, posterPath: "/thumb/1" };
  const catalogued = (showId: number, url = "https://images.invalid/a.jpg") =>
    db.raw.run("UPDATE shows SET poster_url = ?, enriched_from = 'tvmaze' WHERE id = ?", [url, showId]);
  const stored = () => {
    try {
      return readdirSync(join(dataDir, "images", "posters"));
    } catch {
      return [];
    }
  };
  return { db, clock, asked, load, answers, artwork, userId, integrationId, onServer, catalogued, stored };
}

const down = new AppError("unreachable", "TVmaze cannot be reached.");

describe("a poster", () => {
  test("is fetched once, however many ask at the same time, and lies whole in the data folder", async () => {
    const { db, artwork, asked, onServer, integrationId, stored } = setUp();
    const showId = given.addShow(db, onServer);
    const [first, second] = await Promise.all([artwork.poster(showId), artwork.poster(showId)]);
    expect(asked).toEqual([`${integrationId}/thumb/1`]);
    expect(second).toEqual(first!);
    expect(first?.type).toBe("image/png");
    expect(new Uint8Array(readFileSync(first!.file))).toEqual(png(1));
    expect(await artwork.poster(showId)).toEqual(first!);
    expect(asked).toHaveLength(1);
    expect(stored()).toHaveLength(1);
    expect(stored()[0]).toMatch(new RegExp(`^${showId}-[0-9a-f]{16}\\.png$`));
    expect(showById(db, showId)?.posterVersion).toBe(1);
  });

  test("of the catalogue comes before the server's, replaces it, and is a new version", async () => {
    const { db, artwork, asked, onServer, catalogued, stored } = setUp();
    const showId = given.addShow(db, onServer);
    await artwork.poster(showId);
    catalogued(showId);
    const poster = await artwork.poster(showId);
    expect(poster?.type).toBe("image/jpeg");
    expect(asked.at(-1)).toBe("https://images.invalid/a.jpg");
    expect(stored()).toHaveLength(1);
    expect(showById(db, showId)?.posterVersion).toBe(2);
  });

  test("falls back to the server's while the catalogue's host is down, and asks for the better one again later", async () => {
    const { db, clock, artwork, asked, answers, onServer, catalogued } = setUp();
    const showId = given.addShow(db, onServer);
    catalogued(showId);
    answers.catalogue = down;
    expect((await artwork.poster(showId))?.type).toBe("image/png");
    expect(asked).toHaveLength(2);
    await artwork.poster(showId);
    expect(asked).toHaveLength(2);
    answers.catalogue = { bytes: jpeg, type: "image/jpeg" };
    clock.advance(HOUR_MS);
    expect((await artwork.poster(showId))?.type).toBe("image/jpeg");
    expect(asked).toHaveLength(3);
  });

  test("that cannot be had is asked for after 1 hour, 6 hours, then once a day", async () => {
    const { db, clock, artwork, asked, answers, catalogued } = setUp();
    const showId = given.addShow(db);
    catalogued(showId);
    answers.catalogue = down;
    for (const wait of [HOUR_MS, 6 * HOUR_MS, DAY, DAY]) {
      const before = asked.length;
      expect(await artwork.poster(showId)).toBeNull();
      expect(asked.length).toBe(before + 1);
      clock.advance(wait - 1);
      expect(await artwork.poster(showId)).toBeNull();
      expect(asked.length).toBe(before + 1);
      clock.advance(1);
    }
    // Another address has not failed yet.
    await artwork.poster(showId);
    catalogued(showId, "https://images.invalid/b.jpg");
    answers.catalogue = { bytes: jpeg, type: "image/jpeg" };
    expect((await artwork.poster(showId))?.type).toBe("image/jpeg");
  });

  test("that is no picture is refused and leaves the old one in place", async () => {
    const { db, artwork, answers, onServer, catalogued, stored } = setUp();
    const showId = given.addShow(db, onServer);
    const old = await artwork.poster(showId);
    catalogued(showId);
    for (const answer of [
      { bytes: html, type: "image/jpeg" },
      { bytes: jpeg, type: "text/html" },
    ]) {
      answers.catalogue = answer;
      expect(await artwork.poster(showId)).toEqual(old!);
    }
    expect(stored()).toHaveLength(1);
    expect(showById(db, showId)?.posterVersion).toBe(1);
  });

  test("whose file has gone is fetched again", async () => {
    const { db, artwork, asked, onServer } = setUp();
    const showId = given.addShow(db, onServer);
    const poster = await artwork.poster(showId);
    rmSync(poster!.file);
    expect(await artwork.poster(showId)).toEqual(poster!);
    expect(asked).toHaveLength(2);
  });

  test("that nobody has named is none, without asking anybody", async () => {
    const { db, artwork, asked } = setUp();
    expect(await artwork.poster(given.addShow(db))).toBeNull();
    expect(await artwork.poster(999)).toBeNull();
    expect(asked).toEqual([]);
  });
});

test("no more than four are fetched at the same time, whoever asks", async () => {
  const { db, artwork, load, onServer } = setUp();
  const showIds = Array.from({ length: 10 }, (_, at) => given.addShow(db, { ...onServer, posterPath: `/thumb/${at}` }));
  const posters = await Promise.all(showIds.map((showId) => artwork.poster(showId)));
  expect(posters.filter((poster) => poster !== null)).toHaveLength(10);
  expect(load.most).toBe(4);
});

describe("warming", () => {
  test("fetches what is missing, last watched first, and passes over recent failures", async () => {
    const { db, artwork, asked, answers, userId, onServer } = setUp();
    const showIds = Array.from({ length: 8 }, (_, at) => {
      const showId = given.addShow(db, { ...onServer, posterPath: `/thumb/${at}` });
      const [episode] = given.addSeasons(db, showId, [1]) as [number];
      given.addEntry(db, userId, showId);
      given.addPlay(db, userId, episode, { watchedAt: NOW - (8 - at) * DAY });
      return showId;
    });
    given.settle(db, userId, showIds);
    expect(await artwork.warm(3)).toBe(3);
    expect(asked.map((each) => each.slice(-1))).toEqual(["7", "6", "5"]);
    answers.server = down;
    expect(await artwork.warm(2)).toBe(0);
    answers.server = { bytes: png(2), type: "image/png" };
    expect(await artwork.warm(100)).toBe(3);
    expect(await artwork.warm(100)).toBe(0);
    expect(asked).toHaveLength(8);
  });
});

test("pictures are known by their first bytes", () => {
  const webp = new Uint8Array([
    ...new TextEncoder().encode("RIFF"),
    0,
    0,
    0,
    0,
    ...new TextEncoder().encode("WEBPVP8 "),
  ]);
  const kinds = [jpeg, png(0), webp].map((bytes) => imageKind({ bytes, type: "image/whatever" }, "Attic").extension);
  expect(kinds).toEqual(["jpg", "png", "webp"]);
  const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>');
  expect(() => imageKind({ bytes: svg, type: "image/svg+xml" }, "Attic")).toThrow("not a picture");
  expect(() => imageKind({ bytes: new Uint8Array(0), type: "image/png" }, "Attic")).toThrow("not a picture");
});
