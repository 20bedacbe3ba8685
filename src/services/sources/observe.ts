import { type AppError, toAppError } from "../../kernel/errors.ts";
import type { MetadataSource } from "../../metadata/contract.ts";

export type Watch = { worked(): void; failed(error: AppError): void };

/** Failures that are about the source; a wrong picture address or a stopped program is not. */
const ofTheSource = new Set<AppError["code"]>([
  "unreachable",
  "rate-limited",
  "auth-expired",
  "bad-answer",
  "unsupported",
]);

/** The same source, with somebody who hears how every call went. */
export function observed(source: MetadataSource, { worked, failed }: Watch): MetadataSource {
  const heard =
    <Args extends unknown[], Out>(call: (...args: Args) => Promise<Out>) =>
    async (...args: Args): Promise<Out> => {
      try {
        const out = await call(...args);
        worked();
        return out;
      } catch (thrown) {
        const error = toAppError(thrown);
        if (ofTheSource.has(error.code)) failed(error);
        throw thrown;
      }
    };
  return {
    ...source,
    find: heard(source.find),
    search: heard(source.search),
    catalogue: heard(source.catalogue),
    probe: heard(source.probe),
    ...(source.titles === undefined ? {} : { titles: heard(source.titles) }),
  };
}
