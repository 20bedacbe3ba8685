import { hasCode } from "../../kernel/errors.ts";
import { asJson } from "../../kernel/http.ts";
import type { Library } from "../contract.ts";
import type { MediaBrowserClient } from "./client.ts";
import type { Dialect } from "./dialect.ts";
import { toLibrary } from "./mapper.ts";
import { ancestorsSchema, viewsSchema } from "./schemas.ts";

type Asked = { client: MediaBrowserClient; dialect: Dialect; name: string; accountId: string };

export async function readLibraries(
  { client, dialect, name, accountId }: Asked,
  signal?: AbortSignal,
): Promise<Library[]> {
  const read = asJson(name, viewsSchema);
  const ask = async ([route, ...older]: ReturnType<Dialect["views"]>): Promise<Library[]> => {
    if (route === undefined) return [];
    try {
      const views = await client.ask(route.path, { query: route.query, read, signal });
      return views.map((view) => toLibrary(dialect, view));
    } catch (error) {
      if (older.length === 0 || !hasCode(error, "not-found")) throw error;
      return ask(older);
    }
  };
  return ask(dialect.views(accountId));
}

/** Items do not name their library: what a listing of one brought is remembered, for the rest the folders above are asked. */
export function createPlacement(asked: Asked) {
  const { client, dialect, name, accountId } = asked;
  const ofShow = new Map<string, string>();

  async function look(itemId: string, signal: AbortSignal | undefined): Promise<string> {
    const libraries = (await readLibraries(asked, signal)).filter(({ type }) => type === "show");
    const [only] = libraries;
    if (libraries.length === 1 && only !== undefined) return only.key;
    const read = asJson(name, ancestorsSchema);
    const query = { userId: accountId };
    const above = await client.ask(`/Items/${encodeURIComponent(itemId)}/Ancestors`, { query, read, signal });
    const keys = new Set(above.map((id) => dialect.itemId(id) ?? id));
    return libraries.find(({ key }) => keys.has(key))?.key ?? "";
  }

  return {
    learn(showItemId: string | null, libraryKey: string): void {
      if (showItemId !== null) ofShow.set(showItemId, libraryKey);
    },
    /** Empty when none of the account's libraries holds it. `itemId`: the show, or what has none. */
    async of(itemId: string, signal?: AbortSignal): Promise<string> {
      const known = ofShow.get(itemId);
      if (known !== undefined) return known;
      const found = await look(itemId, signal).catch((error: unknown) => {
        if (hasCode(error, "not-found")) return "";
        throw error;
      });
      ofShow.set(itemId, found);
      return found;
    },
  };
}

export type Placement = ReturnType<typeof createPlacement>;
