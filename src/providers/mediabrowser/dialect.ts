import type { Instant } from "../../domain/instant.ts";
import type { Query } from "../../kernel/http.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { AddressGuide } from "../contract.ts";
import type { PublicInfo } from "./schemas.ts";

/** Where a server has its socket, and how it wants to be spoken to there. */
export type SocketDialect = {
  path: string;
  /** What has to stand in the address, because the server looks nowhere else. */
  query: (token: Secret, deviceId: string) => Record<string, string | Secret>;
  keepAlive?: { message: string; everyMs: number };
};

/** A kind of server, by what it says of itself to everybody. */
export type Kind = { label: string; claims: (info: PublicInfo) => boolean };

export type Route = { path: string; query: Query };

/** What the kinds of servers do differently. */
export type Dialect = {
  kind: Kind;
  /** Prefixes that the API may have besides the path of the server itself. */
  prefixes: readonly string[];
  /** An example of an address. */
  example: string;
  /** Headers that carry the token besides the one that every kind reads. */
  tokenHeaders: (token: Secret) => Record<string, Secret>;
  /** An id in the server's own spelling; null for what cannot be one, which some servers answer with an error of their own. */
  itemId: (text: string) => string | null;
  /** The account behind a token. */
  me: (account: { accountId: string; byKey: boolean }) => string;
  /** Everybody a key may act for. */
  accounts: string;
  items: (accountId: string) => Route;
  /** Ways to an account's libraries, newest first: a server that does not know one is asked for the next. */
  views: (accountId: string) => readonly Route[];
  /** Keeps items of a collection apart from the collection. */
  ungrouped: Query;
  /** The marks of one item. `version`: the server's, when it says so. */
  mark: (accountId: string, itemId: string, version: string | null) => Route;
  /** How a mark is dated. */
  markDate: (at: Instant) => { name: string; text: string };
  /** Whether the server reads that date as we mean it has to be seen. */
  provesDates: boolean;
  /** "Changed since", as far as the server can be asked so; null: sorted by the last view and read down to it. */
  changedSince: ((at: Instant) => Query) | null;
  /** What the user is told while connecting; says also whether a code shown here can be approved there. */
  guide: AddressGuide;
  socket: SocketDialect;
};
