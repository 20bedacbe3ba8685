import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { AppError } from "../../src/kernel/errors.ts";
import { createIntegrations } from "../../src/services/integrations/service.ts";
import { type AddressServer, createAddressServer } from "../support/address-server.ts";
import { createTestApp, type TestApp } from "../support/app.ts";
import { fakeSync } from "../support/fake-services.ts";
import type { Client } from "../support/http.ts";
import { formPart, parse } from "./support.ts";

let app: TestApp;
let cellar: AddressServer;

function start(server = createAddressServer()): void {
  cellar = server;
  app = createTestApp({
    services: (base) => {
      const providers = { get: () => cellar.provider, all: () => [cellar.provider] };
      const integrations = createIntegrations(
        { ...base, providers },
        {
          checkSchedule: () => undefined,
          keyState: () => "ok",
          cancelRunning: async () => undefined,
          leave: async () => undefined,
        },
      );
      return { integrations, providers, sync: fakeSync({ list: () => [] }) };
    },
  });
}
beforeEach(() => start());
afterEach(() => app.close());

const serverUrl = "http://192.0.2.9:8096";
const who = { username: "anna", password: "anna's password" };
const api = "/api/integrations/jellyfin";
const pages = "/integrations/jellyfin";
