import type { WebhookGuide } from "../contract.ts";

/** In the plugin's own variables. Names and descriptions are left out: quotation marks and line breaks would break it. */
const template = `{
  "NotificationType": "{{NotificationType}}",
  "ServerId": "{{ServerId}}",
  "UserId": "{{UserId}}",
  "ItemId": "{{ItemId}}",
  "ItemType": "{{ItemType}}",
  "SeasonNumber": "{{SeasonNumber}}",
  "EpisodeNumber": "{{EpisodeNumber}}",
  "PlayedToCompletion": "{{PlayedToCompletion}}",
  "Played": "{{Played}}",
  "PlayCount": "{{PlayCount}}",
  "LastPlayedDate": "{{LastPlayedDate}}",
  "SaveReason": "{{SaveReason}}",
  "UtcTimestamp": "{{UtcTimestamp}}"
}`;

export const jellyfinWebhookGuide: WebhookGuide = {
  intro:
    "Jellyfin tells Episode Tracker the moment you have finished an episode or changed a mark. Signed in as yourself you need none of this: the live connection tells the same. A webhook helps where that does not get through, and for connections by API key.",
  title: "With Jellyfin's Webhook plugin",
  page: { url: "https://github.com/jellyfin/jellyfin-plugin-webhook", label: "the page of the plugin" },
  steps: [
    "In Jellyfin's Dashboard open Plugins, then Catalog, install Webhook, and restart the server.",
    "Open Plugins, then Webhook, and press Add Generic Destination.",
    "Paste the address from above as Webhook Url. Leave Status on Enable.",
    "Under Notification Type tick Playback Stop and User Data Saved.",
    "Under User Filter tick your own user. Without one, messages may not say whose they are.",
    "Under Item Type tick Episodes.",
    "Tick Send All Properties (ignores template).",
    "Press Add Request Header: Content-Type as Key, application/json as Value. It is read without that too.",
    "Press Save, then watch an episode to its end or mark one. It appears below.",
  ],
  others: [
    {
      title: "With a template of your own",
      intro:
        "Send All Properties is simpler. If you use a template, leave that box unticked and have at least these lines in it.",
      steps: ["Set everything else as above.", "Paste this as Template, then press Save."],
      template,
    },
    {
      title: "With the unofficial plugin, Webhooks",
      intro: "It is read as well, at the same address.",
      steps: [
        "In Jellyfin's Dashboard open Plugins, then Webhooks, and add a hook.",
        "Paste the address from above as Url and choose the format Default.",
        "Tick the events Stop, Scrobble, MarkPlayed and MarkUnplayed.",
        "Limit it to your own user, then save.",
      ],
      template: null,
    },
  ],
};
