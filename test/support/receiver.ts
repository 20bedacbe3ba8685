/** A message as it arrived. */
export type Received = { path: string; headers: Headers; body: Record<string, unknown> };

/** Takes what is sent to a place for notifications; answers 204, or what it is told to. */
export type Receiver = {
  url: string;
  host: string;
  received: Received[];
  answer: () => Response;
  stop(): Promise<void>;
};

export function startReceiver(): Receiver {
  const received: Received[] = [];
  const receiver: Receiver = {
    url: "",
    host: "",
    received,
    answer: () => new Response(null, { status: 204 }),
    stop: () => server.stop(true),
  };
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const body: unknown = await request.json();
      if (typeof body !== "object" || body === null) return new Response("no JSON", { status: 400 });
      received.push({ path: new URL(request.url).pathname, headers: request.headers, body: { ...body } });
      return receiver.answer();
    },
  });
  receiver.host = `127.0.0.1:${server.port}`;
  receiver.url = `http://${receiver.host}`;
  return receiver;
}
