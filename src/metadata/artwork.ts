import { AppError } from "../kernel/errors.ts";
import { createGate } from "../kernel/limits.ts";
import type { MetadataSource } from "./contract.ts";
import type { SourceDeps } from "./service.ts";

/** Gives the one spelling under which a picture may be fetched, or null for everything that is not the source's own. */
export type PictureAddress = (raw: string | null | undefined) => string | null;

/**
 * Pictures come from the source's own domains, by https and without a port. A host named in the configuration counts as
 * its own too and keeps the configured scheme: that is how a mirror or a simulated service on plain http is reached.
 */
export function pictureAddresses(domains: readonly string[], configuredUrls: readonly string[]): PictureAddress {
  const homes = configuredUrls.map((url) => new URL(url));
  return (raw) => {
    if (!raw) return null;
    const whole =
      /^[a-z][a-z\d+.-]*:/i.test(raw) && !/^[^/]+:\d/.test(raw) ? raw : `https://${raw.replace(/^\/\//, "")}`;
    const url = URL.parse(whole);
    if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") return null;
    const home = homes.find(({ hostname }) => hostname === url.hostname);
    const own = domains.some((domain) => url.hostname === domain || url.hostname.endsWith(`.${domain}`));
    if (home === undefined && !(own && url.port === "")) return null;
    url.protocol = home?.protocol ?? "https:";
    return url.href;
  };
}

const pictureTypes = ["image/jpeg", "image/png", "image/webp"];

export function createArtwork(
  { http, clock }: SourceDeps,
  name: string,
  address: PictureAddress,
): MetadataSource["artwork"] {
  const gate = createGate(clock, { concurrency: 4 });
  return async (raw, signal) => {
    const url = address(raw);
    if (url === null) throw new AppError("invalid", `This picture is not one of ${name}.`);
    return http.request({
      name,
      url,
      // The key stays out of it: pictures need none, and they live on other hosts.
      headers: { accept: pictureTypes.join(", ") },
      read: ({ bytes, type }) => {
        if (!pictureTypes.includes(type)) {
          throw new AppError("bad-answer", `${name} sent something else instead of a picture.`);
        }
        return { bytes, type };
      },
      timeoutMs: 20_000,
      maxBytes: 5_000_000,
      tries: 2,
      signal,
      gate,
    });
  };
}
