import type { TargetKind } from "../../domain/notification-target.ts";

/** Where a user is told of trouble, without the address: who knows it can write there. */
export type TargetView = {
  id: string;
  name: string;
  kind: TargetKind;
  host: string;
  enabled: boolean;
  lastSentAt: number | null;
  /** Why the last message did not arrive. */
  problem: string | null;
  createdAt: number;
};

export type TargetInput = { url?: string | undefined; name?: string | undefined; enabled?: boolean | undefined };

export type TestResult = { ok: boolean; message: string; hint: string | null };

export type Notifications = {
  list(userId: number): TargetView[];
  /** Throws `invalid` for an address that is none, `conflict` when there are too many. */
  add(userId: number, input: TargetInput & { url: string }): Promise<TargetView>;
  change(userId: number, targetId: string, input: TargetInput): Promise<TargetView>;
  remove(userId: number, targetId: string): void;
  /** Sends a message now, and says how that went. */
  test(userId: number, targetId: string): Promise<TestResult>;
  /** Notes what has to be said, and says what is due. */
  run(): Promise<void>;
  prune(): void;
  /** Listens for news of the servers' health. */
  start(): void;
  stop(): Promise<void>;
};
