import type { SealContext } from "./vault.ts";

/** A column of the database that holds sealed values, and what they are sealed for. */
export type SealedColumn = { table: string; column: string; context(id: string | number): SealContext };

function integrationToken(column: string, field: string): SealedColumn {
  return { table: "integrations", column, context: (id) => ({ integration: String(id), field }) };
}

function pinValue(column: string, field: string): SealedColumn {
  return { table: "pins", column, context: (id) => ({ integration: `pin:${id}`, field }) };
}

function signInPinValue(column: string, field: string): SealedColumn {
  return { table: "sign_in_pins", column, context: (id) => ({ integration: `sign-in:${id}`, field }) };
}

function targetAddress(column: string): SealedColumn {
  return {
    table: "notification_targets",
    column,
    context: (id) => ({ integration: `notification:${id}`, field: "url" }),
  };
}

/** All of them, for sealing anew under another key. Every table has its key in `id`. */
export const sealedColumns: readonly SealedColumn[] = [
  integrationToken("sealed_server_token", "server-token"),
  integrationToken("sealed_account_token", "account-token"),
  integrationToken("sealed_webhook_secret", "webhook-secret"),
  pinValue("sealed_code", "code"),
  pinValue("sealed_token", "token"),
  signInPinValue("sealed_code", "code"),
  targetAddress("sealed_url"),
];
