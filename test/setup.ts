// Loaded before every test file: a test may talk to this machine only.
const realFetch = globalThis.fetch;

function hostOf(input: string | URL | Request): string {
  return new URL(input instanceof Request ? input.url : String(input)).hostname;
}

const guarded = (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
  const host = hostOf(input);
  if (host !== "127.0.0.1" && host !== "localhost" && host !== "[::1]" && !host.endsWith(".invalid")) {
    throw new Error(`A test tried to reach ${host}; tests talk to 127.0.0.1 only.`);
  }
  return realFetch(input, init);
};

globalThis.fetch = Object.assign(guarded, { preconnect: realFetch.preconnect });
