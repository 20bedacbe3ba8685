import type { OwnSignInsModel } from "../../../views/pages/settings/own-sign-ins.tsx";
import type { SignInWithModel } from "../../../views/pages/settings/sign-in-with.tsx";
import { providerLabel } from "../../domain/providers.ts";
import type { RouteDeps } from "../deps.ts";

/** A user's own accounts elsewhere. */
export function ownSignInsModel({ signIns }: Pick<RouteDeps, "signIns">, userId: number): OwnSignInsModel {
  const services = signIns.ways().filter(({ on }) => on);
  const isOn = new Set<string>(services.map(({ provider }) => provider));
  return {
    services: services.map(({ label }) => label),
    accounts: signIns.mine(userId).map(({ id, provider, accountName, lastUsedAt }) => ({
      id,
      providerName: providerLabel(provider),
      accountName,
      lastUsedAt,
    })),
    candidates: signIns
      .ownCandidates(userId)
      .filter(({ provider }) => isOn.has(provider))
      .map(({ provider, accountId, accountName }) => ({
        provider,
        providerName: providerLabel(provider),
        accountId,
        accountName,
      })),
  };
}

/** Everybody's, for admins. */
export function signInWithModel({ accounts, signIns }: Pick<RouteDeps, "accounts" | "signIns">): SignInWithModel {
  const all = signIns.list();
  const candidates = signIns.candidates().filter(({ role }) => role !== "admin");
  return {
    ways: signIns.ways().map(({ provider, label, on }) => ({
      provider,
      label,
      on,
      accounts: all
        .filter((each) => each.provider === provider)
        .map(({ id, accountName, accountId, username, role, chosenByUser, lastUsedAt }) => ({
          id,
          accountName,
          isWaiting: accountId === null,
          username,
          isBlocked: role === "admin" && !chosenByUser,
          lastUsedAt,
        })),
      candidates: candidates
        .filter((each) => each.provider === provider)
        .map(({ accountId, accountName, userId, username }) => ({
          accountId,
          accountName,
          userId: String(userId),
          username,
        })),
    })),
    users: accounts
      .list()
      .filter(({ role }) => role !== "admin")
      .map(({ id, username }) => ({ value: String(id), label: username })),
  };
}
