import { providerLabel } from "../../domain/providers.ts";
import type { ProviderManifest } from "../contract.ts";

export const plexManifest: ProviderManifest = {
  id: "plex",
  label: providerLabel("plex"),
  connect: "pin",
  capabilities: {
    history: true,
    incremental: true,
    webhooks: true,
    push: true,
    pushDates: false,
    datesBeginning: false,
  },
  accountUrl: "https://app.plex.tv/desktop/#!/settings/devices/all",
};
