import { z } from "zod";
import type { IntegrationRow } from "../../db/repos/integrations.ts";
import type { PinRow } from "../../db/repos/pins.ts";
import type { Account, AccountPlace } from "../../providers/contract.ts";

const schema = z.object({
  url: z.string(),
  insecureTls: z.boolean(),
  deviceId: z.string(),
  serverId: z.string(),
  serverName: z.string(),
  way: z.enum(["password", "code", "key"]),
});

/** The server that a sign-in is at, who we are there, and how the user has shown who they are. */
export type SignInPlace = z.infer<typeof schema>;

/** Null for a sign-in at a service that keeps its accounts apart from its servers. */
export function readPlace({ place }: Pick<PinRow, "place">): SignInPlace | null {
  return place === null ? null : schema.parse(JSON.parse(place));
}

const accountSchema = z.object({ id: z.string(), username: z.string(), email: z.string().nullable() });

/** The account that a granted sign-in is of, as it is stored with it. */
export const readAccount = (text: string): Account => accountSchema.parse(JSON.parse(text));

export function writePlace(place: SignInPlace): string {
  return JSON.stringify(place);
}

export function accountPlace({ url, insecureTls, deviceId, way }: SignInPlace, accountId: string): AccountPlace {
  return { url, insecureTls, deviceId, accountId, byKey: way === "key" };
}

/** The same of an integration. */
export function placeOf(row: IntegrationRow): AccountPlace | undefined {
  const { serverUrl: url, insecureTls, deviceId, accountId, byKey } = row;
  return deviceId === null ? undefined : { url, insecureTls, deviceId, accountId, byKey };
}
