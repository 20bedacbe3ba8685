import type { ProviderId } from "../../domain/providers.ts";
import { AppError } from "../../kernel/errors.ts";
import type { AccountPlace, ProbedServer, ServerChoice, ServerConnection } from "../../providers/contract.ts";
import type { ProviderRegistry } from "../../providers/registry.ts";
import type { GrantedPin } from "./pins.ts";
import type { ConnectInput } from "./types.ts";

type Grant = (userId: number, pinId: string) => Promise<GrantedPin>;

/** From an approved sign-in to the server that is meant, and to an address at which it answers. */
export function createServerChoice(providers: ProviderRegistry, grant: Grant) {
  /** The chosen server with the addresses to try: the typed one alone when there is one. */
  async function target(
    userId: number,
    input: ConnectInput,
  ): Promise<{ pin: GrantedPin; choice: ServerChoice; connections: ServerConnection[] }> {
    const pin = await grant(userId, input.pinId);
    const servers = await providers.get(pin.provider).account.servers(pin.token, pin.place);
    const wanted = input.machineIdentifier;
    const choice =
      wanted === undefined && servers.length === 1 ? servers[0] : servers.find(({ serverId }) => serverId === wanted);
    if (choice === undefined) {
      const message =
        servers.length === 0
          ? "This account has no server. Sign in with an account that owns a server or has one shared with it."
          : wanted === undefined
            ? "This account has several servers. Choose one."
            : "This account has no such server.";
      throw new AppError("invalid", message, { fields: [{ path: "machineIdentifier", message }] });
    }
    const typed = input.serverUrl?.trim();
    const connections = typed ? [{ url: typed, kind: "typed" as const }] : choice.connections;
    return { pin, choice, connections };
  }

  async function probe(
    { provider, place }: { provider: ProviderId; place: AccountPlace | undefined },
    { serverId, token }: ServerChoice,
    connections: ServerConnection[],
    insecure: boolean | undefined,
  ): Promise<ProbedServer> {
    const insecureTls = insecure ?? place?.insecureTls ?? false;
    return providers.get(provider).account.probe({ serverId, connections, token, insecureTls, place });
  }

  function unanswered(provider: ProviderId, choice: ServerChoice, { results }: ProbedServer): AppError {
    const { address, pin } = providers.get(provider);
    const example = address?.example ?? pin?.example;
    const reasons = results.map(({ url, reason }) => `${url}: ${reason ?? "no answer"}`).join(" ");
    return new AppError("unreachable", `${choice.name} could not be reached from here. ${reasons}`.trim(), {
      hint: `Is the server switched on? If it runs in another network or container, type its address${example === undefined ? "" : `, such as ${example}`}.`,
      extra: { attempts: results.map(({ url, kind, reason }) => ({ uri: url, kind, reason: reason ?? "no answer" })) },
    });
  }

  return { target, probe, unanswered };
}
