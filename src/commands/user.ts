import { systemClock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { silentLog } from "../kernel/log.ts";
import { createAccounts } from "../services/accounts/service.ts";
import type { Accounts } from "../services/accounts/types.ts";
import { openData } from "../services/maintenance/open-data.ts";
import { closest } from "./arguments.ts";
import type { CommandContext, Run } from "./command.ts";
import { choosePassword } from "./password.ts";

async function withAccounts(context: CommandContext, work: (accounts: Accounts) => Promise<void>): Promise<number> {
  const { db } = openData(context.config.dataDir, systemClock.now());
  try {
    await work(createAccounts({ db, clock: systemClock, config: context.config, log: silentLog }));
  } finally {
    db.close();
  }
  return 0;
}

const nameOf = ({ args }: CommandContext): string => args.positionals[0] ?? "";

export const userAdd: Run = (context) =>
  withAccounts(context, async (accounts) => {
    const name = nameOf(context);
    if (accounts.byName(name) !== null) throw new AppError("conflict", `There is an account named ${name} already.`);
    const { password, generated } = await choosePassword(context);
    const role = context.args.switches.has("admin") || !accounts.hasUsers() ? "admin" : "member";
    const user = await accounts.createUser({ username: name, password, role });
    context.out(`Added ${user.username} (${user.role}).\n`);
    if (generated) context.out(`Password: ${password}\n`);
  });

export const userList: Run = (context) =>
  withAccounts(context, async (accounts) => {
    const users = accounts.list();
    if (users.length === 0) context.out("No accounts yet. Make one: episode-tracker user add NAME\n");
    const width = Math.max(0, ...users.map((user) => user.username.length));
    for (const user of users) {
      const since = new Date(user.createdAt).toISOString().slice(0, 10);
      context.out(`${user.username.padEnd(width)}  ${user.role.padEnd(6)}  since ${since}\n`);
    }
  });

export const userResetPassword: Run = (context) =>
  withAccounts(context, async (accounts) => {
    const user = knownUser(accounts, nameOf(context));
    const { password, generated } = await choosePassword(context);
    await accounts.resetPassword(user.id, password);
    context.out(`${user.username} has a new password and is signed out everywhere.\n`);
    if (generated) context.out(`Password: ${password}\n`);
  });

/** The account of that name. Throws `not-found` with the name that was probably meant. */
export function knownUser(accounts: Pick<Accounts, "byName" | "list">, name: string) {
  const user = accounts.byName(name);
  if (user !== null) return user;
  const meant = closest(
    name,
    accounts.list().map((each) => each.username),
  );
  throw new AppError("not-found", `There is no account named ${name}.`, {
    hint: meant === null ? "See: episode-tracker user list" : `Did you mean ${meant}?`,
  });
}
