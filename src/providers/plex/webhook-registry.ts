import { AppError, isAppError } from "../../kernel/errors.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { WebhookRegistry } from "../contract.ts";
import { as, plexTvCaller } from "./account.ts";
import type { PlexDeps } from "./config.ts";
import { subscriptionSchema, webhookListSchema } from "./schemas.ts";

const path = "/api/v2/user/webhooks";

/** The account's own list at plex.tv, which every server it owns or uses posts to. */
export function createWebhookRegistry(deps: PlexDeps): WebhookRegistry {
  const call = plexTvCaller(deps);

  async function hasPlexPass(token: Secret): Promise<boolean> {
    const { subscription } = await call("GET", "/api/v2/user", { token, read: as(subscriptionSchema) });
    return subscription.active !== false;
  }

  /** Without Plex Pass the list is refused in the words that elsewhere mean a dead token. */
  async function withPlexPass<Out>(token: Secret, ask: () => Promise<Out>): Promise<Out> {
    try {
      return await ask();
    } catch (error) {
      const refused = isAppError(error) && [401, 402, 403, 422].includes(error.status ?? 0);
      if (!refused || (await hasPlexPass(token))) throw error;
      throw new AppError("unsupported", "Plex keeps webhooks for accounts with Plex Pass, and this one has none.", {
        cause: error,
        hint: "New plays still come with every sync.",
      });
    }
  }

  async function list(token: Secret): Promise<string[]> {
    const rows = await withPlexPass(token, () => call("GET", path, { token, read: as(webhookListSchema), tries: 2 }));
    return rows.map(({ url }) => url);
  }

  return {
    list,
    async change(token, { add, isOurs }) {
      const before = await list(token);
      const others = before.filter((url) => url !== add && !isOurs(url));
      const wanted = add === null ? others : [...others, add];
      if (wanted.length === before.length && wanted.every((url) => before.includes(url))) return;
      // What is sent replaces the whole list; one empty entry clears it.
      const form: Record<string, string | string[]> = wanted.length === 0 ? { urls: "" } : { "urls[]": wanted };
      await withPlexPass(token, () => call("POST", path, { token, body: { form }, read: () => undefined, tries: 2 }));
    },
  };
}
