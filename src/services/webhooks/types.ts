import type { DeliveryOutcome } from "../../db/repos/webhooks.ts";
import type { ProviderId } from "../../domain/providers.ts";
import type { WebhookGuide } from "../../providers/contract.ts";

export type DeliveryView = {
  id: string;
  /** In the server's own word. */
  event: string;
  title: string | null;
  /** `waiting`: the server is asked again at `nextAttemptAt`. */
  outcome: DeliveryOutcome;
  /** Why, one sentence; null where there is nothing to explain. */
  reason: string | null;
  /** The run that stored what it brought. */
  syncId: string | null;
  receivedAt: number;
  settledAt: number | null;
  nextAttemptAt: number | null;
};

export type WebhookView = {
  /** The secret address, whole. */
  url: string;
  /** The service's own list holds an address of this integration, as far as is known. */
  registered: boolean;
  /** Under which address, where that is another than `url`: its beginning, without the secret. */
  registeredAt: string | null;
  /** The service has such a list at all. */
  registrable: boolean;
  guide: WebhookGuide;
  /** Newest first. */
  deliveries: DeliveryView[];
};

/** What came of a wish that the service's list is part of. `problem`: why the list could not be changed. */
export type Registered = { registered: boolean; problem: string | null };

/** The integration behind a secret address. */
export type WebhookTarget = { integrationId: number; userId: number };

/** `base`: the address under which the outside reaches our webhooks, without provider and secret. */
export type WebhookService = {
  /** Makes the address when there is none yet. Throws `not-found` where the kind of server knows no webhooks. */
  view(userId: number, integrationId: string, base: string): Promise<WebhookView>;
  /** Looks into the service's list; where that cannot be read, what was known last. */
  isRegistered(userId: number, integrationId: string): Promise<boolean>;
  /** A new address; the old one is nobody's from then on. In the service's list it takes the old one's place. */
  rotate(userId: number, integrationId: string, base: string): Promise<Registered>;
  /** Puts the address into the service's list. Throws `conflict` when this account may have none there. */
  register(userId: number, integrationId: string, base: string): Promise<void>;
  unregister(userId: number, integrationId: string): Promise<void>;
  /** Newest first. */
  deliveries(userId: number, integrationId: string): DeliveryView[];
  /** Null for an unknown secret. */
  find(provider: ProviderId, secret: string): WebhookTarget | null;
  /** Notes a delivery, and has the server asked about it. `body`: as data; null when it could not be read. */
  receive(target: WebhookTarget, body: unknown): void;
  /** Before an integration goes away: its address leaves the service's list and is nobody's. */
  leave(integrationId: number): Promise<void>;
  /** Takes up what was waiting when the program ended. */
  start(): void;
  stop(): Promise<void>;
  /** Resolves when nothing is being looked at; what waits for a later look still does. */
  idle(): Promise<void>;
};
