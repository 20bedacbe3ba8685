/** Port of a Plex Media Server unless its owner has put it behind something. */
const plexPort = 32_400;

/**
 * What a person means by an address, best guess first: `attic`, `192.168.1.5:32400`, `https://plex.example.org/web/`.
 * Without a port Plex's own is tried, and for a whole web address also the one the address stands for. Empty when it is
 * no address.
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
  // Copied from the browser: Plex's web app lives under /web.
  const path = pathname.replace(/\/web(\/.*)?$/, "").replace(/\/+$/, "");
  const at = (proto: string, number: string | number | undefined) =>
    `${proto}//${hostname}${number === undefined ? "" : `:${number}`}${path}`;
  if (scheme === undefined) {
    const number = port ?? plexPort;
    return [at("http:", number), at("https:", number)];
  }
  if (port !== undefined) return [at(protocol, port)];
  const own = at(protocol, undefined);
  const usual = at(protocol, plexPort);
  return protocol === "https:" ? [own, usual] : [usual, own];
}
