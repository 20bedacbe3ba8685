import { isProviderId, type ProviderId } from "../domain/providers.ts";
import { AppError } from "../kernel/errors.ts";
import type { RouteDeps } from "./deps.ts";

/** A kind of server out of an address, one whose accounts sign in with a code. */
export function pinProviderOf({ providers }: Pick<RouteDeps, "providers">, name: string): ProviderId {
  const manifest = isProviderId(name) ? providers.get(name).manifest : null;
  if (manifest === null || manifest.connect !== "pin")
    throw new AppError("not-found", "There is no such sign-in here.");
  return manifest.id;
}
