import type { IntegrationRow } from "../../db/repos/integrations.ts";
import { AppError } from "../../kernel/errors.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { Vault } from "../../vault/vault.ts";

export type TokenField = "server-token" | "account-token";

/** The token of an integration, unsealed. Throws `auth-expired` when there is none. */
export async function openToken(vault: Vault, row: IntegrationRow, field: TokenField): Promise<Secret> {
  const sealed = field === "server-token" ? row.sealedServerToken : row.sealedAccountToken;
  if (sealed === null) {
    throw new AppError("auth-expired", `${row.serverName} needs a new sign-in.`, { hint: "Connect it again." });
  }
  return vault.open(sealed, { integration: String(row.id), field });
}

export async function sealTokens(
  vault: Vault,
  integrationId: number,
  tokens: { server: Secret; account: Secret | null },
): Promise<{ sealedServerToken: string; sealedAccountToken: string | null }> {
  const integration = String(integrationId);
  return {
    sealedServerToken: await vault.seal(tokens.server, { integration, field: "server-token" }),
    sealedAccountToken:
      tokens.account === null ? null : await vault.seal(tokens.account, { integration, field: "account-token" }),
  };
}
