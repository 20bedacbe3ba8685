import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { type Secret, secret } from "./kernel/secret.ts";

export type MetadataSourceName = "trakt" | "tmdb" | "tvmaze";

export type Config = {
  dataDir: string;
  host: string;
  /** 0 = any free port. */
  port: number;
  /** Empty, or a path that begins with a slash and ends without one. */
  basePath: string;
  publicUrl: string | null;
  /** Addresses and CIDR ranges whose X-Forwarded-* headers are believed; "private" stands for the private ranges. */
  trustProxy: string[];
  timeZone: string;
  logLevel: "debug" | "info" | "warn" | "error";
  logFormat: "pretty" | "json";
  encryptionKey: Secret | null;
  plexClientId: string | null;
  plexProduct: string;
  traktClientId: Secret | null;
  tmdbApiKey: Secret | null;
  metadataSources: MetadataSourceName[];
  signup: "closed" | "open";
  urls: {
    plexTv: string;
    plexApp: string;
    traktApi: string;
    traktAuth: string;
    tmdbApi: string;
    tmdbImage: string;
    tvmazeApi: string;
  };
};

/** One line per mistake; printed at start-up, followed by exit code 2. */
export class ConfigError extends Error {
  readonly problems: string[];
  constructor(problems: string[]) {
    super(problems.join("\n"));
    this.name = "ConfigError";
    this.problems = problems;
  }
}

const isTimeZone = (zone: string): boolean => {
  // The list is quick to have and leaves out other names of the same zones; making a format is slow the first time.
  if (zone === "UTC" || Intl.supportedValuesOf("timeZone").includes(zone)) return true;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};

const httpUrl = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .refine((text) => /^https?:\/\/[^\s]+$/.test(text) && URL.canParse(text), "must be an http or https address")
    .transform((text) => text.replace(/\/+$/, ""));

const oneOf = <const Names extends readonly [string, ...string[]]>(names: Names) =>
  z.enum(names, { error: `must be one of ${names.join(", ")}` });

const sourceNames = ["trakt", "tmdb", "tvmaze"] as const;

function isProxyRange(text: string): boolean {
  if (text.toLowerCase() === "private") return true;
  const [, address = "", bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  // Loaded for those who trust a proxy: it takes a part of the program's start.
  const version = process.getBuiltinModule("node:net").isIP(address);
  return version !== 0 && (bits === undefined || Number(bits) <= (version === 4 ? 32 : 128));
}

const schema = z.object({
  DATA_DIR: z.string().min(1).default("./data"),
  HOST: z.string().min(1).default("0.0.0.0"),
  PORT: z
    .string()
    .default("4747")
    .refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535, "must be a whole number from 0 to 65535"),
  BASE_PATH: z
    .string()
    .default("")
    .refine((text) => /^[\w\-./~]*$/.test(text), "must be a path such as /tracker")
    .transform((text) => text.replace(/^\/*/, "/").replace(/\/+$/, "")),
  PUBLIC_URL: z
    .string()
    .optional()
    .refine(
      (text) => text === undefined || (/^https?:\/\//.test(text) && URL.canParse(text)),
      "must be an http or https address such as https://tracker.example.org",
    )
    .transform((text) => text?.replace(/\/+$/, "")),
  TRUST_PROXY: z
    .string()
    .default("false")
    .transform((text) =>
      text === "true"
        ? ["private"]
        : text === "false"
          ? []
          : text
              .toLowerCase()
              .split(/[\s,]+/)
              .filter(Boolean),
    )
    .refine((all) => all.every(isProxyRange), "must be true, false or a list of addresses and CIDR ranges"),
  TZ: z
    .string()
    .optional()
    .refine((zone) => zone === undefined || isTimeZone(zone), "must be a time zone such as Europe/Berlin"),
  LOG_LEVEL: oneOf(["debug", "info", "warn", "error"]).default("info"),
  LOG_FORMAT: oneOf(["pretty", "json"]).optional(),
  INTEGRATION_ENCRYPTION_KEY: z
    .string()
    .optional()
    .refine((key) => key === undefined || [...key].length === 32, "must be exactly 32 characters"),
  PLEX_CLIENT_ID: z.string().max(200).optional(),
  PLEX_PRODUCT: z.string().min(1).max(100).default("Episode Tracker"),
  TRAKT_CLIENT_ID: z.string().optional(),
  TMDB_API_KEY: z.string().optional(),
  METADATA_SOURCES: z
    .string()
    .default("trakt,tmdb,tvmaze")
    .transform((text) =>
      text
        .split(",")
        .map((each) => each.trim().toLowerCase())
        .filter((each) => each !== "" && each !== "none"),
    )
    .pipe(z.array(z.enum(sourceNames, { error: `must list ${sourceNames.join(", ")} or be none` }))),
  SIGNUP: oneOf(["closed", "open"]).default("closed"),
  PLEX_TV_URL: httpUrl("https://plex.tv"),
  PLEX_APP_URL: httpUrl("https://app.plex.tv"),
  TRAKT_API_URL: httpUrl("https://api.trakt.tv"),
  TRAKT_AUTH_URL: httpUrl("https://auth.trakt.tv"),
  TMDB_API_URL: httpUrl("https://api.themoviedb.org/3"),
  TMDB_IMAGE_URL: httpUrl("https://image.tmdb.org/t/p"),
  TVMAZE_API_URL: httpUrl("https://api.tvmaze.com"),
});

export type Environment = Record<string, string | undefined>;

export const configVariables = Object.keys(schema.shape);

/** Every variable may also be given as NAME_FILE=/path, as container secrets are. An empty value means "not set". */
function withFiles(environment: Environment): { values: Environment; problems: string[] } {
  const values: Environment = {};
  const problems: string[] = [];
  for (const name of configVariables) {
    const file = environment[`${name}_FILE`];
    const direct = environment[name];
    if (direct !== undefined && direct !== "") values[name] = direct;
    else if (file !== undefined && file !== "") {
      try {
        values[name] = readFileSync(file, "utf8").replace(/\r?\n$/, "");
      } catch {
        problems.push(`${name}_FILE: the file ${file} cannot be read.`);
      }
    }
  }
  return { values, problems };
}

/** Reads the configuration. Throws ConfigError with every mistake at once; values are not repeated in messages. */
export function readConfig(environment: Environment, terminal = false): Config {
  const { values, problems } = withFiles(environment);
  // Read once: making a fast reader first would take longer.
  const parsed = schema.safeParse(values, { jitless: true });
  if (!parsed.success) {
    const seen = new Set<string>();
    for (const issue of parsed.error.issues) {
      const name = String(issue.path[0]);
      if (!seen.has(name)) problems.push(`${name}: ${issue.message}.`);
      seen.add(name);
    }
  }
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  const env = parsed.data;
  return {
    dataDir: resolve(env.DATA_DIR),
    host: env.HOST,
    port: Number(env.PORT),
    basePath: env.BASE_PATH === "/" ? "" : env.BASE_PATH,
    publicUrl: env.PUBLIC_URL ?? null,
    trustProxy: env.TRUST_PROXY,
    timeZone: env.TZ ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    logLevel: env.LOG_LEVEL,
    logFormat: env.LOG_FORMAT ?? (terminal ? "pretty" : "json"),
    encryptionKey: env.INTEGRATION_ENCRYPTION_KEY === undefined ? null : secret(env.INTEGRATION_ENCRYPTION_KEY),
    plexClientId: env.PLEX_CLIENT_ID ?? null,
    plexProduct: env.PLEX_PRODUCT,
    traktClientId: env.TRAKT_CLIENT_ID === undefined ? null : secret(env.TRAKT_CLIENT_ID),
    tmdbApiKey: env.TMDB_API_KEY === undefined ? null : secret(env.TMDB_API_KEY),
    metadataSources: [...new Set(env.METADATA_SOURCES)],
    signup: env.SIGNUP,
    urls: {
      plexTv: env.PLEX_TV_URL,
      plexApp: env.PLEX_APP_URL,
      traktApi: env.TRAKT_API_URL,
      traktAuth: env.TRAKT_AUTH_URL,
      tmdbApi: env.TMDB_API_URL,
      tmdbImage: env.TMDB_IMAGE_URL,
      tvmazeApi: env.TVMAZE_API_URL,
    },
  };
}

/** Reads `.env` of the working directory (NAME=value lines); the real environment wins, by value or by NAME_FILE. */
export function environmentWithDotEnv(environment: Environment, folder: string): Environment {
  const file = resolve(folder, ".env");
  if (!existsSync(file)) return environment;
  const values: Environment = {};
  for (const line of readFileSync(file, "utf8").split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?([A-Z][A-Z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) continue;
    if (environment[`${match[1]}_FILE`]) continue;
    values[match[1]] = match[2].replace(/^(["'])(.*)\1$/, "$2");
  }
  return { ...values, ...environment };
}

/** The process's environment; the only place that reads it. */
export const processEnvironment = (): Environment => process.env;
