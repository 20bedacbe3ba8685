import { Database } from "bun:sqlite";

/**
 * The floor of a first sync with Jellyfin or Emby, as floor.ts is for Plex: the same pages one after the other, parsed, one
 * row an episode inserted.
 *
 * bun test/bench/media-floor.ts SERVER_URL TOKEN USER_ID LIBRARY_ID DATABASE_FILE
 */
const [url = "", token = "", user = "", library = "", file = ""] = process.argv.slice(2);
const pageSize = 500;

const started = performance.now();
const db = new Database(file, { create: true, strict: true });
db.run("PRAGMA journal_mode = WAL");
db.run("PRAGMA synchronous = NORMAL");
db.run("CREATE TABLE watched (item TEXT, show TEXT, season INTEGER, number INTEGER, title TEXT, at TEXT) STRICT");
const insert = db.query("INSERT INTO watched VALUES (?, ?, ?, ?, ?, ?)");

type Row = {
  Id: string;
  Name: string;
  SeriesId?: string;
  ParentIndexNumber?: number;
  IndexNumber?: number;
  UserData: { LastPlayedDate?: string };
};

async function pages(query: string, onPage: (rows: Row[]) => void): Promise<number> {
  let requests = 0;
  for (let start = 0, more = true; more; start += pageSize) {
    const answer = await fetch(
      `${url}/Users/${user}/Items?ParentId=${library}&Recursive=true&${query}&StartIndex=${start}&Limit=${pageSize}`,
      { headers: { authorization: `MediaBrowser Token="${token}"` } },
    );
    const { Items: rows } = JSON.parse(await answer.text()) as { Items: Row[] };
    requests += 1;
    more = rows.length === pageSize;
    onPage(rows);
  }
  return requests;
}

let rows = 0;
let requests = await pages("IncludeItemTypes=Series&Fields=ProviderIds,Overview&SortBy=SortName", () => undefined);
const fields = "ProviderIds,PremiereDate,UserDataLastPlayedDate,UserDataPlayCount";
const episodes = `IncludeItemTypes=Episode&Fields=${fields}&EnableImages=false&SortBy=SeriesSortName,SortName`;
requests += await pages(episodes, (page) => {
  db.transaction(() => {
    for (const row of page) {
      insert.run(
        row.Id,
        row.SeriesId ?? null,
        row.ParentIndexNumber ?? null,
        row.IndexNumber ?? null,
        row.Name,
        row.UserData.LastPlayedDate ?? null,
      );
    }
  })();
  rows += page.length;
});
db.close();
console.log(JSON.stringify({ ms: performance.now() - started, rows, requests }));
