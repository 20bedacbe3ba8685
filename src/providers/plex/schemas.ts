import { z } from "zod";
import { asArray, asBool, asInt, asText, isRecord } from "../loose.ts";

// A tolerant reader of Plex's answers. JSON mixes numbers and numeric strings for the same field, XML has strings only,
// and empty fields are left out; xml.ts brings XML into the same shape. Only what we use is read, and a field of an
// unexpected type counts as absent, so that a decorative one never costs a whole page. The rows of listings are read by
// rows.ts.

const text = z.unknown().transform(asText).optional();
const int = z.unknown().transform(asInt).optional();
const bool = z.unknown().transform(asBool).optional();
const list = z.unknown().transform(asArray).optional();
const requiredText = z.unknown().transform(asText).pipe(z.string().min(1));

const sectionSchema = z.object({ key: requiredText, type: text, title: text });

const container = <Shape extends z.ZodRawShape>(shape: Shape) => z.object({ MediaContainer: z.object(shape) });

/** Rows stay unread here: one strange row must not cost the page. */
export const listingSchema = container({
  size: int,
  totalSize: int,
  offset: int,
  librarySectionID: text,
  Metadata: list,
  Directory: list,
}).transform((answer) => answer.MediaContainer);

export const sectionsSchema = container({
  size: int,
  Directory: z.unknown().transform(asArray).pipe(z.array(sectionSchema)).optional(),
})
  .refine(
    ({ MediaContainer: { size, Directory } }) => Directory !== undefined || size === 0,
    "libraries are neither listed nor said to be none",
  )
  .transform((answer) => answer.MediaContainer.Directory ?? []);

export const identitySchema = container({
  machineIdentifier: requiredText,
  version: text,
  friendlyName: text,
}).transform((answer) => answer.MediaContainer);

export const pinSchema = z.object({
  id: requiredText,
  code: requiredText,
  expiresIn: int,
  expiresAt: text,
  authToken: text,
});

export const userSchema = z.object({ id: requiredText, username: text, title: text, email: text, confirmed: bool });

/**
 * What only this account can be called. Titles are free to choose, an address is nobody's before it is confirmed, and
 * Plex lets a user name look like an address.
 */
export function namesOf({ username, email, confirmed }: z.output<typeof userSchema>): string[] {
  if (confirmed === false) return [];
  const address = email?.toLowerCase() ?? "";
  const name = username?.toLowerCase() ?? "";
  return [...new Set([address, name.includes("@") ? "" : name])].filter((each) => each !== "");
}

const homeMemberSchema = z.object({
  id: requiredText,
  uuid: requiredText,
  title: text,
  username: text,
  email: text,
  admin: bool,
  protected: bool,
});

/** `users` is a list; in XML each may stand in an element of its own. A strange profile does not hide the others. */
export const homeSchema = z
  .object({ users: z.unknown().optional() })
  .refine(({ users }) => users !== undefined && users !== null, "the members of the Home are missing")
  .transform(({ users }) =>
    asArray(users)
      .flatMap((each) => (isRecord(each) && "user" in each ? asArray(each["user"]) : [each]))
      .flatMap((each) => {
        const read = homeMemberSchema.safeParse(each);
        return read.success ? [read.data] : [];
      }),
  );

/** Everything else in the answer is left unread: only the token is asked for. */
export const switchedSchema = z.object({ authToken: requiredText });

/** Only whether there is a Plex Pass. */
export const subscriptionSchema = z.object({ subscription: z.object({ active: bool }) });

/** XML names the elements; JSON is a bare array. */
export const webhookListSchema = z
  .unknown()
  .transform((value) => (isRecord(value) ? asArray(value["webhook"]) : value))
  .pipe(z.array(z.object({ url: requiredText })));

const record = z
  .unknown()
  .transform((value) => (isRecord(value) ? value : {}))
  .optional()
  .transform((value) => value ?? {});

/** What a media server posts to a webhook. Everything but the event may be missing or of another type. */
export const webhookSchema = z.object({
  event: requiredText,
  /** Whether it is the hook owner's own doing. Tautulli has the name of the user here. */
  user: z.unknown(),
  Account: record.pipe(z.object({ id: text, title: text })),
  Server: record.pipe(z.object({ uuid: text, title: text })),
  Metadata: record,
  rating: z.unknown().transform(asText).optional(),
});
export type WebhookPayload = z.output<typeof webhookSchema>;

const connectionSchema = z.object({
  uri: text,
  address: text,
  port: int,
  local: bool,
  relay: bool,
  IPv6: bool,
});
export type WireConnection = z.output<typeof connectionSchema>;

const resourceSchema = z.object({
  name: text,
  productVersion: text,
  clientIdentifier: text,
  provides: text,
  sourceTitle: text,
  accessToken: text,
  owned: bool,
  presence: bool,
  httpsRequired: bool,
  publicAddressMatches: bool,
  connections: z.unknown().transform(asArray).pipe(z.array(connectionSchema)).optional(),
});
export type Resource = z.output<typeof resourceSchema>;

/** A bare array; some answers have been seen wrapped in an object. */
export const resourcesSchema = z
  .unknown()
  .transform((value) => {
    if (Array.isArray(value) || !isRecord(value)) return value;
    return Object.values(value).find(Array.isArray) ?? value;
  })
  .pipe(z.array(resourceSchema));

/** Plex's own error body: `{"errors":[{"code":1020,"message":"…"}]}`. */
export const errorsSchema = z.object({
  errors: z
    .unknown()
    .transform(asArray)
    .pipe(z.array(z.object({ code: int, message: text }))),
});
