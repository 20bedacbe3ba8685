import { providerLabel } from "../../domain/providers.ts";
import type { ProviderManifest } from "../contract.ts";

export const jellyfinManifest: ProviderManifest = {
  id: "jellyfin",
  label: providerLabel("jellyfin"),
  connect: "address",
  capabilities: {
    history: false,
    incremental: true,
    webhooks: true,
    push: true,
    pushDates: true,
    datesBeginning: true,
  },
  accountUrl: null,
};
