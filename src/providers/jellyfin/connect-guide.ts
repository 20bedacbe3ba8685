import type { AddressGuide } from "../contract.ts";

export const jellyfinConnectGuide: AddressGuide = {
  code: {
    name: "Quick Connect",
    where:
      "Open Jellyfin where you are signed in already, on a phone, a television or in a browser. There, choose your picture or the menu, then Quick Connect, and type this code.",
    off: "An admin of the server switches it on in the Dashboard, under General.",
  },
  key: "An admin of the server makes one in the Dashboard, under API Keys.",
};
