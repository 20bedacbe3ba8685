import { isTitleLanguage } from "../../domain/title-language.ts";
import { AppError, type FieldError } from "../../kernel/errors.ts";
import type { Credentials } from "./types.ts";

const usernameMax = 64;
const passwordMin = 8;
export const passwordMax = 1000;

/** Control characters, line breaks and invisible direction marks make two names look the same. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

export function cleanUsername(username: string): string {
  return username.normalize("NFC").trim();
}

/** How names are compared: "Ana" and "ana" are one account. */
export function usernameKey(username: string): string {
  return cleanUsername(username).toLowerCase();
}

function usernameProblem(username: string): string | null {
  const length = [...cleanUsername(username)].length;
  if (length === 0) return "Enter a username.";
  if (length > usernameMax) return `Use at most ${usernameMax} characters.`;
  if (unprintable.test(username)) return "Use visible characters only.";
  return null;
}

function passwordProblem(password: string): string | null {
  const length = [...password].length;
  if (length < passwordMin) return `Use at least ${passwordMin} characters.`;
  if (length > passwordMax) return `Use at most ${passwordMax} characters.`;
  return null;
}

function refuse(fields: FieldError[]): void {
  if (fields.length > 0) throw new AppError("invalid", "Please check what you entered.", { fields });
}

function problem(path: string, message: string | null): FieldError[] {
  return message === null ? [] : [{ path, message }];
}

/** Throws `invalid` with the fields at fault. */
export function checkCredentials({ username, password }: Credentials): void {
  refuse([...problem("username", usernameProblem(username)), ...problem("password", passwordProblem(password))]);
}

export function checkUsername(username: string): void {
  refuse(problem("username", usernameProblem(username)));
}

export function checkPassword(password: string, path: string): void {
  refuse(problem(path, passwordProblem(password)));
}

/** A name from elsewhere, as it may stand here. Room is left for a number. */
export function usableName(name: string): string {
  const visible = cleanUsername(name).replace(new RegExp(unprintable, "gu"), "");
  return (
    [...visible]
      .slice(0, usernameMax - 6)
      .join("")
      .trim() || "member"
  );
}

export function checkTokenName(name: string): string {
  const clean = name.trim();
  const tooLong = [...clean].length > 100 ? "Use at most 100 characters." : null;
  refuse(problem("name", clean === "" ? "Give the token a name." : tooLong));
  return clean;
}

export function checkFeedName(name: string): string {
  const clean = name.trim();
  const tooLong = [...clean].length > 100 ? "Use at most 100 characters." : null;
  refuse(problem("name", clean === "" ? "Say which calendar it is for." : tooLong));
  return clean;
}

export function checkTimeZone(zone: string): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
  } catch (cause) {
    const message = "Choose a time zone such as Europe/Berlin.";
    throw new AppError("invalid", message, { cause, fields: [{ path: "timezone", message }] });
  }
}

export function checkTitleLanguage(tag: string): void {
  if (!isTitleLanguage(tag)) refuse([{ path: "titleLanguage", message: "Choose one of the languages listed." }]);
}

export function usernameTaken(): AppError {
  const message = "This username is taken.";
  return new AppError("conflict", message, { fields: [{ path: "username", message }] });
}
