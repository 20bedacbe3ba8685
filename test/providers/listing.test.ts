import { describe, expect, test } from "bun:test";
import { AppError } from "../../src/kernel/errors.ts";
import { type PageAnswer, readListing } from "../../src/providers/listing.ts";
import { createImpatientClock, failureOf, readAll } from "../contracts/media-server.contract.ts";

type Asked = { offset: number; size: number };

const pageOf = (rows: (number | null)[], more: Partial<PageAnswer<number>> = {}): PageAnswer<number> => ({
  rows,
  total: null,
  offset: null,
  intact: true,
  ...more,
});

/** A listing of numbers; `answer` plays the server. */
function listing(answer: (asked: Asked, number: number) => PageAnswer<number> | AppError, pageSize = 500) {
  const asked: Asked[] = [];
  const clock = createImpatientClock(0);
  const pages = readListing<number, number>({
    clock,
    pageSize,
    async askFor(offset, size) {
      asked.push({ offset, size });
      const page = answer({ offset, size }, asked.length);
      if (page instanceof AppError) throw page;
      return page;
    },
    keyOf: (row) => String(row),
    addItems: (row, items) => {
      if (row % 10 !== 9) items.push(row);
    },
  });
  return { asked, clock, pages };
}

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
const server =
  (total: number, most = 500) =>
  ({ offset, size }: Asked) =>
    pageOf(numbers(offset, Math.min(total, offset + Math.min(size, most))), { total, offset });
const tooLate = () =>
  new AppError("unreachable", "Too late.", { cause: Object.assign(new Error("late"), { name: "TimeoutError" }) });
const refused = () => new AppError("bad-answer", "Refused.", { status: 400 });

describe("a paged listing", () => {
  test("asks for as few pages as needed and counts what it skips", async () => {
    const { pages, asked } = listing(server(1_200));
    const read = await readAll(pages);
    expect(asked.map((each) => each.offset)).toEqual([0, 500, 1_000]);
    expect(read.items).toHaveLength(1_080);
    expect(read.pages.map((each) => each.skipped)).toEqual([50, 50, 20]);
    expect(read.complete).toBe(true);
  });

  test("an empty listing is complete", async () => {
    const { pages, asked } = listing(server(0));
    expect(await readAll(pages)).toMatchObject({ items: [], complete: true });
    expect(asked).toHaveLength(1);
  });

  test("reads one page ahead while the caller is busy, and no more", async () => {
    const { pages, asked } = listing(server(5_000));
    await pages.next();
    await Bun.sleep(5);
    expect(asked).toHaveLength(2);
    await pages.return({ complete: false });
  });

  test("halves the page when the server refuses its size, down to 25", async () => {
    const small = listing(({ offset, size }) => (size > 100 ? refused() : server(200)({ offset, size })));
    expect((await readAll(small.pages)).complete).toBe(true);
    expect(small.asked.map((each) => each.size)).toEqual([500, 250, 125, 62, 62, 62, 62]);
    const never = listing(refused);
    expect((await failureOf(() => readAll(never.pages))).status).toBe(400);
    expect(never.asked.map((each) => each.size)).toEqual([500, 250, 125, 62, 31, 25]);
  });

  test("asks for less when a page takes too long, and gives up after two such waits", async () => {
    const slow = listing((asked) => (asked.size > 200 ? tooLate() : server(300)(asked)));
    expect((await readAll(slow.pages)).complete).toBe(true);
    expect(slow.asked.map((each) => each.size)).toEqual([500, 125, 125, 125]);
    const dead = listing(tooLate);
    expect((await failureOf(() => readAll(dead.pages))).code).toBe("unreachable");
    expect(dead.asked).toHaveLength(3);
  });

  test("ends at a page that brings nothing new, and is not complete then", async () => {
    const { pages, asked } = listing(() => pageOf(numbers(0, 500), { total: 5_000 }));
    const read = await readAll(pages);
    expect(asked).toHaveLength(2);
    expect(read).toMatchObject({ complete: false });
    expect(read.items).toHaveLength(450);
  });

  test("ends at an empty page before the total, and is not complete then", async () => {
    const { pages } = listing(({ offset, size }) =>
      offset === 0 ? server(600)({ offset, size }) : pageOf([], { total: 600, offset }),
    );
    expect((await readAll(pages)).complete).toBe(false);
  });

  test("a row that moved to the next page comes once, and the reading is not complete", async () => {
    const { pages } = listing(({ offset }) =>
      offset === 0 ? pageOf([0, 1, 2, 3], { total: 8, offset }) : pageOf([3, 4, 5, 6], { total: 8, offset }),
    );
    const read = await readAll(pages);
    expect(read.items).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(read.complete).toBe(false);
  });

  const odd: [string, Partial<PageAnswer<number>>][] = [
    ["a page with another number of rows than it says", { intact: false }],
    ["a page from another place than asked for", { offset: 40 }],
    ["a total that changes", { total: 601 }],
  ];
  for (const [what, difference] of odd) {
    test(`${what} makes the reading incomplete`, async () => {
      const { pages } = listing((asked) => ({ ...server(600)(asked), ...(asked.offset > 0 ? difference : {}) }));
      expect((await readAll(pages)).complete).toBe(false);
    });
  }

  test("a row that is no row makes the reading incomplete and counts as skipped", async () => {
    const { pages } = listing(() => pageOf([1, null, 3], { total: 3, offset: 0 }));
    expect(await readAll(pages)).toMatchObject({ items: [1, 3], complete: false });
  });

  test("without a total it reads on to the empty page", async () => {
    const { pages } = listing((asked) => ({ ...server(700)(asked), total: null }));
    const read = await readAll(pages);
    expect(read.items).toHaveLength(630);
    expect(read.complete).toBe(true);
  });

  test("a server that sends everything at once whatever is asked is read once, completely", async () => {
    const { pages, asked } = listing(() => pageOf(numbers(0, 700), { offset: 0 }));
    const read = await readAll(pages);
    expect(asked).toHaveLength(2);
    expect(read.items).toHaveLength(630);
    expect(read.complete).toBe(true);
  });

  test("a page read ahead that fails while nobody asks for it disturbs nobody", async () => {
    const { pages } = listing((asked) => (asked.offset === 0 ? server(900)(asked) : refused()));
    await pages.next();
    await Bun.sleep(5);
    expect(await pages.return({ complete: false })).toEqual({ done: true, value: { complete: false } });
  });

  test("ends where an order says that nothing more is wanted", async () => {
    const asked: number[] = [];
    const pages = readListing<number, number>({
      clock: createImpatientClock(0),
      pageSize: 10,
      async askFor(offset, size) {
        asked.push(offset);
        return pageOf(numbers(offset, offset + size));
      },
      keyOf: String,
      addItems: (row, items) => {
        if (row < 15) items.push(row);
      },
      isBeyond: (row) => row >= 15,
    });
    const read = await readAll(pages);
    expect(read.items).toEqual(numbers(0, 15));
    expect(read.complete).toBe(true);
    expect(asked).toEqual([0, 10]);
  });

  test("a row may hold several items, or none", async () => {
    const pages = readListing<number, string>({
      clock: createImpatientClock(0),
      pageSize: 10,
      askFor: async () => pageOf([0, 1, 2], { total: 3, offset: 0 }),
      keyOf: String,
      addItems: (row, items) => {
        for (let part = 0; part < row; part++) items.push(`${row}.${part}`);
      },
    });
    const [page] = (await readAll(pages)).pages;
    expect(page).toEqual({ items: ["1.0", "2.0", "2.1"], received: 3, offset: 0, total: 3, skipped: 1 });
  });
});
