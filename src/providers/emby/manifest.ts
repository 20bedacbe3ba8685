import { providerLabel } from "../../domain/providers.ts";
import type { ProviderManifest } from "../contract.ts";

export const embyManifest: ProviderManifest = {
  id: "emby",
  label: providerLabel("emby"),
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
