/** Where these servers listen unless their owner says otherwise. */
const usualPorts = { "http:": 8096, "https:": 8920 };

/**
 * What a person means by an address, best guess first: `attic`, `192.168.1.5:8096`, `https://example.org/media/web/`.
 * Without a scheme https comes first: what goes through it is a password. Empty when it is no address.
 */
export function typedAddresses(text: string): string[] {
  const typed = text.trim();
  const scheme = /^(https?):\/\//i.exec(typed)?.[1]?.toLowerCase();
  const full = scheme === undefined ? `http://${typed}` : typed;
  if (typed === "" || /\s/.test(typed) || (scheme === undefined && typed.includes("://")) || !URL.canParse(full))
    return [];
  const { hostname, pathname, protocol } = new URL(full);
  if (hostname === "") return [];
  const port = /^[a-z]+:\/\/(?:[^/?#]*@)?(?:\[[^\]]*\]|[^:/?#]*):(\d+)/i.exec(full)?.[1];
  const path = serverPath(pathname);
  const at = (proto: string, number?: string | number) =>
    `${proto}//${hostname}${number === undefined ? "" : `:${number}`}${path}`;
  if (scheme === undefined && port !== undefined) return [at("https:", port), at("http:", port)];
  if (scheme === undefined) {
    return [at("https:"), at("https:", usualPorts["https:"]), at("http:", usualPorts["http:"]), at("http:")];
  }
  if (port !== undefined) return [at(protocol, port)];
  const usual = at(protocol, protocol === "https:" ? usualPorts["https:"] : usualPorts["http:"]);
  return protocol === "https:" ? [at(protocol), usual] : [usual, at(protocol)];
}

/** Copied from the browser: the web app lives under /web, and what was asked of the API under the API's names. */
export const serverPath = (pathname: string): string =>
  pathname.replace(/\/(?:web|System)(?:\/.*)?$/, "").replace(/\/+$/, "");
