import { Database } from "bun:sqlite";

/**
 * The floor that a first sync is measured against: fetch the same pages one after the other, parse them, insert one row an
 * episode with a prepared statement. No matching, no history, no links, no log.
 *
 * bun test/bench/floor.ts SERVER_URL TOKEN LIBRARY_KEY DATABASE_FILE
 */
const [url = "", token = "", library = "", file = ""] = process.argv.slice(2);
const pageSize = 500;

const started = performance.now();
const db = new Database(file, { create: true, strict: true });
db.run("PRAGMA journal_mode = WAL");
db.run("PRAGMA synchronous = NORMAL");
db.run("CREATE TABLE watched (item TEXT, show TEXT, season INTEGER, number INTEGER, title TEXT, at INTEGER) STRICT");
const insert = db.query("INSERT INTO watched VALUES (?, ?, ?, ?, ?, ?)");

type Row = {
  ratingKey: string;
  grandparentRatingKey: string;
  parentIndex: number;
  index: number;
  title: string;
  lastViewedAt?: number;
};
type Answer = { MediaContainer: { Metadata?: Row[]; totalSize: number } };

async function pages(path: string, query: string, onPage: (rows: Row[]) => void): Promise<number> {
  let requests = 0;
  for (let start = 0, total = 1; start < total; start += pageSize) {
    const answer = await fetch(
      `${url}${path}?${query}&X-Plex-Container-Start=${start}&X-Plex-Container-Size=${pageSize}`,
      {
        headers: { accept: "application/json", "x-plex-token": token },
      },
    );
    const { MediaContainer: container } = JSON.parse(await answer.text()) as Answer;
    requests += 1;
    total = container.totalSize;
    onPage(container.Metadata ?? []);
  }
  return requests;
}

let rows = 0;
let requests = await pages(`/library/sections/${library}/all`, "type=2&includeGuids=1", () => undefined);
requests += await pages("/status/sessions/history/all", "sort=viewedAt:desc&accountID=1", () => undefined);
requests += await pages(`/library/sections/${library}/all`, "type=4&includeGuids=1", (page) => {
  db.transaction(() => {
    for (const row of page) {
      insert.run(
        row.ratingKey,
        row.grandparentRatingKey,
        row.parentIndex,
        row.index,
        row.title,
        row.lastViewedAt ?? null,
      );
    }
  })();
  rows += page.length;
});
db.close();
console.log(JSON.stringify({ ms: performance.now() - started, rows, requests }));
