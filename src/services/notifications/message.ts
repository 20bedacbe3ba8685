import type { MessageKind } from "../../db/repos/notifications.ts";
import { toIso } from "../../domain/instant.ts";
import { providerLabel } from "../../domain/providers.ts";
import { localTimeIn } from "../tracking/zoned-days.ts";

export type Message = {
  event: MessageKind | "test";
  title: string;
  text: string;
  provider: string | null;
  server: string | null;
  /** ISO; when the trouble began. */
  since: string | null;
  /** The page where it can be mended, where the program knows its own address. */
  link: string | null;
};

export type About = {
  kind: MessageKind;
  outageAt: number;
  provider: string;
  serverName: string;
  timeZone: string;
  link: string | null;
};

const WORDS: Record<MessageKind, (name: string, since: string) => { title: string; text: string }> = {
  "needs-login": (name) => ({
    title: `${name} needs a new sign-in`,
    text: "Nothing is synced from it until you sign in again on the Integrations page. Your watched marks stay.",
  }),
  failing: (name, since) => ({
    title: `${name} cannot be synced`,
    text: `It has not answered since ${since}. It is asked again by itself; the Integrations page says what was tried.`,
  }),
  recovered: (name, since) => ({
    title: `${name} is well again`,
    text: `What began at ${since} is over. Syncs go on, and what was watched meanwhile comes in.`,
  }),
};

export function messageAbout({ kind, outageAt, provider, serverName, timeZone, link }: About): Message {
  const label = providerLabel(provider);
  const since = localTimeIn(outageAt, timeZone).replace("T", " ");
  const words = WORDS[kind](`${label} (${serverName})`, since);
  return { event: kind, ...words, provider, server: serverName, since: toIso(outageAt), link };
}

export function testMessage(link: string | null): Message {
  return {
    event: "test",
    title: "Episode Tracker can reach you here",
    text: "This is a test. You will hear from it when a server needs a new sign-in or cannot be synced for long.",
    provider: null,
    server: null,
    since: null,
    link,
  };
}
