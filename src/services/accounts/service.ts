import { deleteSessionsOf } from "../../db/repos/sessions.ts";
import { deleteSessionsNotChosen } from "../../db/repos/sign-ins.ts";
import {
  countUsers,
  deleteUser,
  insertUser,
  listUsers,
  type UserChange,
  type UserRow,
  updateUser,
  userById,
  userByKey,
} from "../../db/repos/users.ts";
import { tx } from "../../db/tx.ts";
import { AppError } from "../../kernel/errors.ts";
import type { Deps } from "../context.ts";
import { createApiTokens } from "./api-tokens.ts";
import { createCalendarFeeds } from "./calendar-feeds.ts";
import { createLoginLimit } from "./login-limit.ts";
import { createPasswords, NO_PASSWORD } from "./passwords.ts";
import {
  checkCredentials,
  checkPassword,
  checkTimeZone,
  checkTitleLanguage,
  checkUsername,
  cleanUsername,
  usableName,
  usernameKey,
  usernameTaken,
} from "./rules.ts";
import { createSessions, userView } from "./sessions.ts";
import type { Accounts, Credentials, ProfileInput, Role } from "./types.ts";

const LAST_ADMIN = "The last admin cannot be deleted.";

function checkProfile({ timeZone, titleLanguage }: ProfileInput): void {
  if (typeof timeZone === "string") checkTimeZone(timeZone);
  if (typeof titleLanguage === "string") checkTitleLanguage(titleLanguage);
}

export function createAccounts(deps: Pick<Deps, "db" | "clock" | "config" | "log">): Accounts {
  const { db, clock, config, log } = deps;
  const passwords = createPasswords(clock);
  const limit = createLoginLimit(clock);
  const sessions = createSessions(deps);
  const apiTokens = createApiTokens(deps);
  const calendarFeeds = createCalendarFeeds(deps);
  // There is no way back to "none": the last admin cannot be deleted.
  let someone = countUsers(db) > 0;

  async function newUser(input: Credentials & { role: Role }, may: () => void): Promise<UserRow> {
    checkCredentials(input);
    // Refused before the costly part, and once more where it counts.
    may();
    const passwordHash = await passwords.hash(input.password);
    const row = tx(db, () => {
      may();
      return insertUser(db, {
        username: cleanUsername(input.username),
        usernameKey: usernameKey(input.username),
        passwordHash,
        role: input.role,
        createdAt: clock.now(),
      });
    });
    if (row === null) throw usernameTaken();
    someone = true;
    log.info("account.created", { user: row.id, role: row.role });
    return row;
  }

  function existing(userId: number): UserRow {
    const row = userById(db, userId);
    if (row === undefined) throw new AppError("not-found", "There is no such user.");
    return row;
  }

  /** Guessing it in somebody's open browser is limited like signing in. */
  async function checkOwnPassword(row: UserRow, password: string, path: string): Promise<void> {
    const attempt = limit.attempt(`password of ${row.id}`);
    if (!(await passwords.verify(password, row.passwordHash))) {
      const message = "This is not your current password.";
      throw new AppError("invalid", message, { fields: [{ path, message }] });
    }
    attempt.succeeded();
  }

  function refuseLastAdmin(userId: number, message: string): void {
    if (existing(userId).role === "admin" && countUsers(db, "admin") === 1) throw new AppError("conflict", message);
  }

  function freeName(userId: number, username: string): UserChange {
    const key = usernameKey(username);
    const owner = userByKey(db, key);
    if (owner !== undefined && owner.id !== userId) throw usernameTaken();
    return { username: cleanUsername(username), usernameKey: key };
  }

  async function setPassword(userId: number, password: string, keepSession: string | null): Promise<void> {
    const passwordHash = await passwords.hash(password);
    tx(db, () => {
      updateUser(db, userId, { passwordHash });
      deleteSessionsOf(db, userId, keepSession);
    });
  }

  return {
    hasUsers() {
      // Another process (the command line) may have made the first one.
      someone ||= countUsers(db) > 0;
      return someone;
    },

    async setup(input, visitor) {
      const onlyFirst = () => {
        if (countUsers(db) > 0) {
          throw new AppError("conflict", "The first account has been made already.", { hint: "Sign in instead." });
        }
      };
      return sessions.begin(await newUser({ ...input, role: "admin" }, onlyFirst), visitor);
    },

    async signUp(input, visitor) {
      const onlyOpen = () => {
        if (config.signup !== "open" || countUsers(db) === 0) {
          throw new AppError("forbidden", "New accounts are made by the admin of this installation.");
        }
      };
      return sessions.begin(await newUser({ ...input, role: "member" }, onlyOpen), visitor);
    },

    async login(input, visitor) {
      const key = usernameKey(input.username).slice(0, 64);
      const attempt = limit.attempt(`${visitor.address} ${key}`);
      const row = userByKey(db, usernameKey(input.username));
      const right = await passwords.verify(input.password, row?.passwordHash ?? null);
      if (row === undefined || !right) {
        log.warn("login.failed", { address: visitor.address });
        throw new AppError("unauthorized", "The username or the password is wrong.");
      }
      attempt.succeeded();
      sessions.prune();
      return sessions.begin(row, visitor);
    },

    enter: (userId, visitor, signInAccountId) => sessions.begin(existing(userId), visitor, signInAccountId),
    logout: sessions.end,
    bySession: sessions.find,
    byApiToken: apiTokens.find,
    createApiToken: apiTokens.create,
    listApiTokens: apiTokens.list,
    deleteApiToken: apiTokens.remove,
    listSessions: sessions.list,
    endSession: sessions.endOne,
    endOtherSessions: sessions.endOthers,
    createCalendarFeed: calendarFeeds.create,
    listCalendarFeeds: calendarFeeds.list,
    deleteCalendarFeed: calendarFeeds.remove,
    byCalendarFeed: calendarFeeds.find,

    async createUser({ role = "member", ...input }) {
      return userView(await newUser({ ...input, role }, () => undefined));
    },

    createWithoutPassword(username) {
      const wanted = usableName(username);
      for (let number = 1; ; number += 1) {
        const name = number === 1 ? wanted : `${wanted} ${number}`;
        const row = insertUser(db, {
          username: name,
          usernameKey: usernameKey(name),
          passwordHash: NO_PASSWORD,
          role: "member",
          createdAt: clock.now(),
        });
        if (row === null) continue;
        log.info("account.created", { user: row.id, role: row.role });
        return userView(row);
      }
    },

    hasPassword: (userId) => existing(userId).passwordHash !== NO_PASSWORD,
    list: () => listUsers(db).map(userView),
    get: (userId) => userView(existing(userId)),

    byName(username) {
      const row = userByKey(db, usernameKey(username));
      return row === undefined ? null : userView(row);
    },

    async resetPassword(userId, password) {
      checkPassword(password, "password");
      existing(userId);
      await setPassword(userId, password, null);
    },

    async changePassword(userId, { current, next }, keepSession) {
      const row = existing(userId);
      if (row.passwordHash !== NO_PASSWORD) await checkOwnPassword(row, current, "current");
      checkPassword(next, "next");
      await setPassword(userId, next, keepSession);
    },

    updateProfile(userId, { username, ...rest }) {
      checkProfile(rest);
      if (username !== undefined) checkUsername(username);
      tx(db, () => {
        const change: UserChange = rest;
        if (username !== undefined) Object.assign(change, freeName(userId, username));
        if (Object.keys(change).length > 0) updateUser(db, userId, change);
      });
      return userView(existing(userId));
    },

    changeRole(userId, role) {
      tx(db, () => {
        if (role !== "admin") refuseLastAdmin(userId, "The last admin stays one: make somebody else an admin first.");
        updateUser(db, existing(userId).id, { role });
        // Whoever else has bound an account to a member has not bound it to an admin.
        if (role === "admin") deleteSessionsNotChosen(db, userId);
      });
      log.info("account.role", { user: userId, role });
      return userView(existing(userId));
    },

    async confirmPassword(userId, password, path) {
      const row = existing(userId);
      if (row.passwordHash === NO_PASSWORD) {
        const message = "You have no password yet. Set one first.";
        throw new AppError("invalid", message, { fields: [{ path, message }] });
      }
      await checkOwnPassword(row, password, path);
    },

    refuseLastAdmin: (userId) => refuseLastAdmin(userId, LAST_ADMIN),

    deleteUser(userId) {
      tx(db, () => {
        refuseLastAdmin(userId, LAST_ADMIN);
        deleteUser(db, userId);
      });
      log.info("account.deleted", { user: userId });
    },

    prune: sessions.prune,
  };
}
