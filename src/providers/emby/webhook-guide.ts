import type { WebhookGuide } from "../contract.ts";

export const embyWebhookGuide: WebhookGuide = {
  intro:
    "Emby tells Episode Tracker the moment you have finished an episode or changed a mark. Its webhooks need Emby Premiere. Signed in as yourself you can do without: the live connection tells the same.",
  title: "In Emby's own settings",
  page: { url: "https://emby.media/support/", label: "Emby's support pages" },
  steps: [
    "In Emby open your user's preferences, then Notifications, and press Add Notification, then Webhooks. Up to Emby 4.7 it is a page of the server's settings.",
    "Paste the address from above as Url.",
    "As Request content type choose application/json, where Emby offers it. The other one, multipart/form-data, is understood as well.",
    "Under Events tick Playback, Mark Played and Mark Unplayed.",
    "Under Limit user events to select your own user. Without one, messages do not say whose they are.",
    "Press Send Test Notification: Test received appears below. Then press Save.",
  ],
  others: [],
};
