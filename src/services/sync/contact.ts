import { AppError, hasCode } from "../../kernel/errors.ts";
import type { MediaServer } from "../../providers/contract.ts";
import type { RunOptions } from "./run-options.ts";

type Options = Pick<RunOptions, "deps" | "integrations" | "identity" | "row" | "signal"> & {
  integrationId: number;
  label: string;
};

export type Contact = ReturnType<typeof createContact>;

/** Failures that another address, or a renewed token, may mend. */
export const mayHaveMoved = (error: unknown): boolean =>
  hasCode(error, "unreachable", "auth-expired", "bad-answer", "not-found");

/** The way to the server: opens it, finds it again when it has moved, and makes sure that it is the right one. */
export function createContact({ deps, integrations, identity, row, signal, integrationId, label }: Options) {
  let server: MediaServer | null = null;
  let requestsBefore = 0;
  /** What the account's own service, or our vault, says about the sign-in; the server's word alone is not enough. */
  let loginNeeded: unknown = null;

  /** Anything that says "sign in again" and does not come from the media server is believed. */
  async function believed<Out>(ask: () => Promise<Out>): Promise<Out> {
    try {
      return await ask();
    } catch (error) {
      if (hasCode(error, "auth-expired")) loginNeeded = error;
      throw error;
    }
  }

  async function connect(): Promise<MediaServer> {
    server = await believed(() => integrations.open(integrationId));
    requestsBefore = server.requests();
    return server;
  }

  async function rediscovered(first: unknown): Promise<boolean> {
    try {
      return await believed(() => integrations.rediscover(integrationId));
    } catch (error) {
      if (error === loginNeeded) throw error;
      deps.log.warn("sync.rediscover", { integration: integrationId, first, reason: error });
      return false;
    }
  }

  return {
    /** Does `ask` once more at a newly found address, or with a renewed token, when the first contact fails. */
    async first<Out>(ask: (server: MediaServer) => Promise<Out>): Promise<Out> {
      const opened = await connect();
      try {
        return await ask(opened);
      } catch (error) {
        if (!mayHaveMoved(error) || !(await rediscovered(error))) throw error;
        return ask(await connect());
      }
    },
    /** Throws `unreachable` when somebody else's server answers at the address by now. Returns the server's own name. */
    async identify(from: MediaServer): Promise<{ name: string; version: string | null }> {
      const found = await from.identify(signal);
      if (found.serverId !== row.serverId) {
        throw new AppError(
          "unreachable",
          `Another server (${found.name}) answers at the address of ${row.serverName}.`,
          {
            hint: `Check that ${row.serverName} is running. If its address has changed, connect it again; your watched marks stay.`,
          },
        );
      }
      identity.seen(row.serverUrl);
      return { name: found.name || row.serverName, version: found.version };
    },
    isKnown: () => identity.isFresh(row.serverUrl),
    requests: () => (server === null ? 0 : server.requests() - requestsBefore),
    /**
     * A server's word alone does not end a sign-in: it may be signed out itself, or be another one. Only what its
     * account service says, or our own vault, asks the user to sign in again. A server that keeps its accounts itself,
     * and has been identified, is that service.
     */
    isDoubted: (error: unknown): error is AppError =>
      hasCode(error, "auth-expired") && loginNeeded === null && row.deviceId === null,
    doubtHint: `${label} itself has not ended this sign-in. If this lasts, open ${label} on the machine of ${row.serverName} and see that the server is signed in to its account, then sync again.`,
  };
}
