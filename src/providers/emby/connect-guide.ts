import type { AddressGuide } from "../contract.ts";

export const embyConnectGuide: AddressGuide = {
  code: null,
  key: "An admin of the server makes one in the server's settings, under API Keys.",
};
