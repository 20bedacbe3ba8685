import { PROVIDER_CHOICE } from "../domain/providers.ts";
import type { Command } from "./command.ts";

const passwordOptions = [
  { name: "password-file", value: "FILE", help: "read the password from the first line of FILE (- is standard input)" },
  { name: "generate", help: "make up a password and print it once" },
] as const;

const passwordDetails = `
The password is asked for on a terminal, without showing it. Without a terminal it is the first line of
standard input; when that is empty, one is made up and printed once.`;

/** Every command, in the order of the help text. Each loads its code only when it runs. */
export const commands: readonly Command[] = [
  {
    name: "serve",
    summary: "run the server (default)",
    details: `
Updates the database, then serves pages and API and runs the schedules.
SIGTERM or Ctrl+C stops it: a running sync commits what it has read, then everything closes.
A second signal ends it at once.`,
    load: async () => (await import("./serve.ts")).serve,
  },
  {
    name: "healthcheck",
    summary: "ask the local server whether it is well",
    details: "Exit code 0 when GET /api/health answers ok, else 1. For containers without curl.",
    load: async () => (await import("./healthcheck.ts")).healthcheck,
  },
  {
    name: "sync",
    summary: "run one sync now and wait for it",
    details: "Exit code 1 when a sync ends with an error. The server may be running meanwhile.",
    options: [
      { name: "user", value: "NAME", help: "only this user's servers (all users')" },
      { name: "provider", value: "NAME", help: `only this kind of server: ${PROVIDER_CHOICE} (all kinds)` },
      { name: "full", help: "read everything again, not only what changed" },
    ],
    load: async () => (await import("./sync.ts")).sync,
  },
  {
    name: "backup",
    summary: "write a copy of the database",
    details: `
The copy is complete and consistent also while the server runs. An existing file is never overwritten.
The encryption key is not part of the copy: keep INTEGRATION_ENCRYPTION_KEY or DATA_DIR/encryption.key beside it.`,
    positionals: [{ name: "FILE", optional: true, help: "where to (DATA_DIR/backups/ with date and time)" }],
    load: async () => (await import("./backup.ts")).backup,
  },
  {
    name: "restore",
    summary: "put a backup back",
    details: `
Checks the file first: a sound database of this program, not written by a newer version.
Refuses while the server runs. The database that is replaced is kept in DATA_DIR/backups/.`,
    positionals: [{ name: "FILE", help: "the backup" }],
    load: async () => (await import("./restore.ts")).restore,
  },
  {
    name: "user add",
    summary: "make an account",
    details: passwordDetails,
    positionals: [{ name: "NAME", help: "the name to sign in with" }],
    options: [{ name: "admin", help: "may make accounts (the first account always may)" }, ...passwordOptions],
    load: async () => (await import("./user.ts")).userAdd,
  },
  {
    name: "user list",
    summary: "show all accounts",
    load: async () => (await import("./user.ts")).userList,
  },
  {
    name: "user reset-password",
    summary: "give an account a new password",
    details: `${passwordDetails.trim()}\nThe account is signed out everywhere.`,
    positionals: [{ name: "NAME", help: "the account" }],
    options: [...passwordOptions],
    load: async () => (await import("./user.ts")).userResetPassword,
  },
  {
    name: "doctor",
    summary: "check this machine, the data folder and the services, and say how to mend what is wrong",
    details: "Changes nothing. Exit code 1 when something is broken.",
    load: async () => (await import("./doctor.ts")).doctor,
  },
  {
    name: "rekey",
    summary: "encrypt all stored credentials with a new key",
    details: `
The new key is NEW_INTEGRATION_ENCRYPTION_KEY, the content of --new-key-file, or a generated one.
Either all credentials move to the new key or none does. Refuses while the server runs.
When the key lives in DATA_DIR/encryption.key that file is rewritten; otherwise set
INTEGRATION_ENCRYPTION_KEY to the new key before the next start.`,
    options: [{ name: "new-key-file", value: "FILE", help: "a file with the new key, exactly 32 characters" }],
    load: async () => (await import("./rekey.ts")).rekey,
  },
];
