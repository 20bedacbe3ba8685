import { allIntegrations, type IntegrationRow } from "../../db/repos/integrations.ts";
import type { Deps } from "../context.ts";
import { type Connection, type ConnectionOptions, createConnection } from "./connection.ts";
import type { StreamService } from "./types.ts";

export type StreamOptions = Omit<ConnectionOptions, "row"> & {
  /** False while the stored sign-ins cannot be opened. */
  canListen: () => boolean;
};

/** What a connection depends on: when this changes, it has to be made anew. */
const wayTo = ({ serverUrl, sealedServerToken, insecureTls, accountId }: IntegrationRow): string =>
  [serverUrl, sealedServerToken, insecureTls, accountId].join("\n");

/** One connection to each server in use, never two. */
export function createStream(deps: Deps, options: StreamOptions): StreamService {
  const { db, bus } = deps;
  const connections = new Map<number, { way: string; connection: Connection }>();
  /** Those that are still being closed. */
  const closing = new Map<number, Promise<void>>();
  let unsubscribe = () => undefined as unknown;

  function close(integrationId: number): void {
    const open = connections.get(integrationId);
    if (open === undefined) return;
    connections.delete(integrationId);
    const closed = Promise.all([closing.get(integrationId), open.connection.stop()]).then(() => undefined);
    closing.set(integrationId, closed);
    void closed.then(() => {
      if (closing.get(integrationId) === closed) closing.delete(integrationId);
    });
  }

  function open(row: IntegrationRow): void {
    const connection = createConnection(deps, { ...options, row });
    connections.set(row.id, { way: wayTo(row), connection });
    connection.start(closing.get(row.id) ?? Promise.resolve());
  }

  function reconcile(): void {
    const rows = options.canListen() ? allIntegrations(db) : [];
    const wanted = new Map(
      rows.filter(({ enabled, status }) => enabled && status !== "needs-login").map((row) => [row.id, row]),
    );
    for (const [integrationId, { way }] of [...connections]) {
      const row = wanted.get(integrationId);
      if (row === undefined || wayTo(row) !== way) close(integrationId);
    }
    for (const row of wanted.values()) if (!connections.has(row.id)) open(row);
  }

  return {
    start() {
      unsubscribe = bus.subscribe((name) => {
        if (name === "integration.changed") reconcile();
      });
      reconcile();
    },
    state: (integrationId) => connections.get(integrationId)?.connection.state() ?? { state: "off" },
    nowWatching: (userId) =>
      [...connections.values()]
        .filter(({ connection }) => connection.userId === userId)
        .flatMap(({ connection }) => connection.nowWatching())
        .sort((a, b) => a.startedAt - b.startedAt),
    async stop() {
      unsubscribe();
      for (const integrationId of [...connections.keys()]) close(integrationId);
      await Promise.all(closing.values());
    },
  };
}
