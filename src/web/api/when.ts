import { t } from "elysia";
import { AppError } from "../../kernel/errors.ts";
import type { When } from "../../services/tracking/types.ts";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { readTime, zoneOf } from "./times.ts";

const WORDS = ["now", "aired", "unknown"] as const;

/** When something was watched, for everything that marks. */
export const WhenBody = t.Optional(
  t.Object({
    watchedAt: t.Optional(
      t.Union([t.String(), t.Null()], {
        description: "ISO 8601; a date alone is that day's begin; null: the time is not known. Default: now",
      }),
    ),
    at: t.Optional(
      t.Union(
        WORDS.map((word) => t.Literal(word)),
        {
          description:
            "Instead of `watchedAt`. `aired`: when each episode came out, unknown where that is not known. `unknown`: the same as a `watchedAt` of null",
        },
      ),
    ),
  }),
);

export type WhenInput = { watchedAt?: string | null; at?: (typeof WORDS)[number] } | null | undefined;

/** Undefined: now. */
export function readWhen({ config }: RouteDeps, request: Request, input: WhenInput): When | undefined {
  const { watchedAt, at } = input ?? {};
  const zone = zoneOf(userOf(request), config.timeZone);
  if (watchedAt === undefined) return momentOf(at, zone);
  if (at === undefined) return watchedAt === null ? null : readTime(watchedAt, "watchedAt", zone);
  const message = "cannot be given together with watchedAt";
  throw new AppError("invalid", `at ${message}.`, { fields: [{ path: "at", message }] });
}

function momentOf(at: (typeof WORDS)[number] | undefined, zone: string): When | undefined {
  if (at === "aired") return { airedIn: zone };
  return at === "unknown" ? null : undefined;
}
