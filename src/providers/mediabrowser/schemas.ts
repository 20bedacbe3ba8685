import { z } from "zod";
import { asBool, asInt, asText, isRecord } from "../loose.ts";

// Answers of which there is one. What is empty is left out on the wire; a decorative field of an unexpected type counts as
// absent. The rows of listings are read by rows.ts.

const text = z.unknown().transform(asText).optional();
const bool = z.unknown().transform(asBool).optional();
const int = z.unknown().transform(asInt).optional();
const requiredText = z.unknown().transform(asText).pipe(z.string().min(1));

/** What a server tells everybody. */
export const publicInfoSchema = z.object({
  Id: requiredText,
  ServerName: text,
  Version: text,
  ProductName: text,
  LocalAddresses: z.unknown().optional(),
  RemoteAddresses: z.unknown().optional(),
});
export type PublicInfo = z.output<typeof publicInfoSchema>;

const policy = z
  .unknown()
  .transform((value) => (isRecord(value) ? value : {}))
  .optional()
  .transform((value) => value ?? {})
  .pipe(z.object({ IsAdministrator: bool, IsDisabled: bool }));

export const userSchema = z.object({ Id: requiredText, Name: text, Policy: policy });
export type User = z.output<typeof userSchema>;

/** A bare list or a page of one; a strange account does not hide the others. */
export const usersSchema = z
  .unknown()
  .transform((value) => (isRecord(value) ? value["Items"] : value))
  .pipe(z.array(z.unknown()))
  .transform((rows) =>
    rows.flatMap((row) => {
      const read = userSchema.safeParse(row);
      return read.success ? [read.data] : [];
    }),
  );

export const signedInSchema = z.object({ AccessToken: requiredText, User: userSchema });

export const codeSchema = z.object({ Secret: requiredText, Code: requiredText, Authenticated: bool });

/** Rows stay unread here: one strange row must not cost the page. A page without its rows is a broken answer. */
export const pageSchema = z.object({ Items: z.array(z.unknown()), TotalRecordCount: int });

const viewSchema = z.object({ Id: requiredText, Name: text, CollectionType: text });

export const viewsSchema = z.object({ Items: z.array(viewSchema) }).transform(({ Items }) => Items);
export type View = z.output<typeof viewsSchema>[number];

/** The folders above an item, innermost first. */
export const ancestorsSchema = z.array(z.object({ Id: requiredText })).transform((rows) => rows.map(({ Id }) => Id));

/** Rows stay unread here. */
export const sessionsSchema = z.array(z.unknown());

export const userDataSchema = z.object({ Played: bool, LastPlayedDate: text });

export const flagSchema = z.unknown().transform((value) => asBool(value) ?? false);
