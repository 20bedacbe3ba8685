import type { IntegrationView } from "../../../src/services/integrations/types.ts";
import type { DeliveryView } from "../../../src/services/webhooks/types.ts";
import { webhookForm, webhookPayload } from "../../simulators/plex-webhooks.ts";
import type { PlexItem } from "../../simulators/plex-world.ts";
import { createMovableClock, type MovableClock } from "../../support/movable-clock.ts";
import type { Product } from "../../support/product.ts";
import { connected, plainWorld, type Scene, scene } from "../sync/harness.ts";

export const base = "http://192.0.2.9:4747/api/webhooks";

export type Stage = Scene & {
  product: Product;
  integration: IntegrationView;
  clock: MovableClock;
  /** The secret address, as the server posts to it. */
  url: string;
  /** Posts a message in the form in which the servers send it; the status of the answer. */
  post(body: unknown, to?: string): Promise<number>;
  /** What this account's hook gets about an item. */
  told(event: string, item: PlexItem, rating?: number): Record<string, unknown>;
  deliveries(): DeliveryView[];
  /** Resolves when the delivery that came last is no longer waiting for its turn. */
  idle(): Promise<void>;
};

export async function stage(seed = 1): Promise<Stage> {
  const made = scene(plainWorld(seed));
  const clock = createMovableClock();
  const { product, integration } = await connected(made, { clock });
  const { url } = await product.app.webhooks.view(product.userId, integration.id, base);
  return {
    ...made,
    product,
    integration,
    clock,
    url,
    async post(body, to = url) {
      const form = webhookForm(body as Record<string, unknown>, true);
      const address = new URL(to).pathname;
      const request = new Request(`http://localhost${address}`, {
        method: "POST",
        headers: { "content-type": form.type },
        body: form.body,
      });
      return (await product.app.web.handle(request)).status;
    },
    told: (event, item, rating) =>
      webhookPayload({ event, account: made.account, item, ...(rating === undefined ? {} : { rating }) }, made.account),
    deliveries: () => product.app.webhooks.deliveries(product.userId, integration.id),
    idle: () => product.app.webhooks.idle(),
  };
}

export const episodesIn = ({ server }: Scene): PlexItem[] =>
  server.libraries.flatMap(({ shows }) => shows.flatMap((show) => show.children.flatMap(({ children }) => children)));

export function episodeWhere(at: Scene, watched: boolean): PlexItem {
  const { world } = at.sims;
  const found = episodesIn(at).find((item) => (world.viewOf(at.account, item)?.viewCount ?? 0) > 0 === watched);
  if (found === undefined) throw new Error("the world has no such episode");
  return found;
}
