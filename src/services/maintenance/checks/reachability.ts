import type { Config, MetadataSourceName } from "../../../config.ts";
import { isAppError, toAppError } from "../../../kernel/errors.ts";
import type { HttpClient } from "../../../kernel/http.ts";
import type { Check } from "./check.ts";

export type Target = { name: string; url: string; insecureTls?: boolean };

const sources: Record<MetadataSourceName, (config: Config) => Target | null> = {
  trakt: (config) => (config.traktClientId === null ? null : { name: "Trakt", url: config.urls.traktApi }),
  tmdb: (config) => (config.tmdbApiKey === null ? null : { name: "TMDB", url: config.urls.tmdbApi }),
  tvmaze: (config) => ({ name: "TVmaze", url: config.urls.tvmazeApi }),
};

/** The metadata services that this configuration uses. */
export function sourceTargets(config: Config): Target[] {
  return config.metadataSources.map((name) => sources[name](config)).filter((target) => target !== null);
}

const origin = (url: string): string => (URL.canParse(url) ? new URL(url).origin : url);

/** Any answer at all means that the way there works; what it says is not asked. */
export async function checkReachable(http: HttpClient, target: Target, fix: string): Promise<Check> {
  const { name, url, insecureTls } = target;
  const reached: Check = { name, state: "ok", text: `answers at ${origin(url)}` };
  try {
    await http.request({ name, url, read: () => null, timeoutMs: 8_000, maxBytes: 5_000_000, insecureTls });
    return reached;
  } catch (error) {
    if (isAppError(error) && error.status !== undefined && error.status < 500) return reached;
    const { message, detail } = toAppError(error);
    const technical = detail === undefined ? "" : ` [${detail.trim().split("\n", 1)[0]}]`;
    return { name, state: "broken", text: `${message} (${origin(url)})${technical}`, fix };
  }
}
