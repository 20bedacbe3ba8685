import type { Running } from "./product.ts";
import type { Simulated } from "./world.ts";

// From the moment a server begins to post until the play is committed and open pages are told of it, the question to the
// server included. What a webhook of Plex carries besides is the same for every delivery.

type Item = { show: string; season: number; number: number };

/** Episodes of different shows, so that nothing is measured twice. */
async function items(product: Running, count: number): Promise<Item[]> {
  const answer = await product.get(`/api/shows?limit=${count}&sort=title`);
  const { items: shows } = (await answer.json()) as { items: { title: string }[] };
  return shows.map(({ title }) => ({ show: title, season: 1, number: 1 }));
}

/** The names of the news that open pages hear. */
async function* news(product: Running, signal: AbortSignal): AsyncGenerator<string> {
  const answer = await product.get("/events", signal);
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) if (line.startsWith("event: ")) yield line.slice("event: ".length);
  }
}

/** Milliseconds from the post to the stored play, for each of `count` viewings. */
export async function webhookTimes(product: Running, sims: Simulated, count: number): Promise<number[]> {
  const integrations = await product.get("/api/integrations");
  const [integration] = ((await integrations.json()) as { items: { id: string; machineIdentifier: string }[] }).items;
  if (integration === undefined) throw new Error("no server is connected");
  const webhook = await product.get(`/api/integrations/${integration.id}/webhook`);
  const { url } = (await webhook.json()) as { url: string };
  const leaving = new AbortController();
  const heard = news(product, leaving.signal);
  // The stream begins with where it stands; from then on nothing is missed.
  await heard.next();
  const taken: number[] = [];
  for (const item of await items(product, count)) {
    const { ratingKey } = (await sims.ask("play", item)) as { ratingKey: string };
    const form = new FormData();
    const payload = {
      event: "media.scrobble",
      user: true,
      owner: true,
      Account: { id: 1, title: "anna" },
      Server: { uuid: integration.machineIdentifier },
      Metadata: { type: "episode", ratingKey },
    };
    form.set("payload", JSON.stringify(payload));
    form.set("thumb", new File([new Uint8Array(20_000)], "thumb.jpg", { type: "image/jpeg" }));
    const started = performance.now();
    const answer = await fetch(url, { method: "POST", body: form });
    if (answer.status !== 202) throw new Error(`the webhook answered ${answer.status}`);
    for (;;) {
      const { value, done } = await heard.next();
      if (done) throw new Error("the stream of news has ended");
      if (value === "plays-changed") break;
    }
    taken.push(performance.now() - started);
  }
  leaving.abort();
  return taken;
}
