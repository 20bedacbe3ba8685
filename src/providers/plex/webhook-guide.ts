import type { WebhookGuide } from "../contract.ts";

/** In Tautulli's own parameters. The names are those of Plex's messages. */
const tautulliTemplate = `{
  "event": "media.scrobble",
  "user": "{username}",
  "Account": { "title": "{username}" },
  "Server": { "uuid": "{server_machine_id}", "title": "{server_name}" },
  "Metadata": {
    "type": "{media_type}",
    "ratingKey": "{rating_key}",
    "grandparentTitle": "{show_name}",
    "title": "{episode_name}",
    "parentIndex": "{season_num}",
    "index": "{episode_num}"
  }
}`;

export const plexWebhookGuide: WebhookGuide = {
  intro:
    "Plex tells Episode Tracker the moment you have watched an episode to its end. It does so for accounts with Plex Pass. Marks set by hand are not told this way.",
  title: "In Plex's own settings",
  page: { url: "https://app.plex.tv/desktop/#!/settings/webhooks", label: "Plex's list of webhooks" },
  steps: [
    "In Plex, open Settings, choose your account, then Webhooks.",
    "Press Add Webhook, paste the address from above, and save.",
    "On your server open Settings, then Network, show the advanced settings, and see that Webhooks is switched on.",
    "Watch an episode to its end, or skip to its last minute. It appears below.",
  ],
  others: [
    {
      title: "Without Plex Pass, through Tautulli",
      intro: "Tautulli watches your server and can send the same news.",
      steps: [
        "In Tautulli, open Settings, then Notification Agents, and add a Webhook.",
        "Paste the address from above as Webhook URL and choose the method POST.",
        "Under Triggers tick Watched. Under Conditions you may limit it to your own user.",
        "Under Data open Watched and paste this as JSON Data, then save.",
      ],
      template: tautulliTemplate,
    },
  ],
};
