import type { Clock } from "../../kernel/clock.ts";
import { createGate } from "../../kernel/limits.ts";
import { passwordMax } from "./rules.ts";

/** OWASP's argon2id profile with 19 MiB: several sign-ins at the same time still fit a small machine. */
const profile = { algorithm: "argon2id", memoryCost: 19_456, timeCost: 2 } as const;

/** Made with the same profile from a thrown-away password: an unknown name costs as much time as a wrong password. */
const nobody =
  "$argon2id$v=19$m=19456,t=2,p=1$dZA9P9vsXi+gQ2l0DxbCZMnBc0zBCoCdCofaD9ig27g$/ipS8/p+rB6CyFrDiaYPrHU7813FaYCrLU+NJIj6yhA";

/** Stands where a hash would, for those who sign in elsewhere. No password fits it. */
export const NO_PASSWORD = "none";

export type Passwords = {
  hash(password: string): Promise<string>;
  /** `hash` is null when there is no such account. */
  verify(password: string, hash: string | null): Promise<boolean>;
};

/** At most two at a time, so that a flood of sign-ins costs waiting and not memory. */
export function createPasswords(clock: Clock): Passwords {
  const gate = createGate(clock, { concurrency: 2 });
  return {
    hash: (password) => gate.run(() => Bun.password.hash(password, profile)),
    async verify(password, hash) {
      const bounded = password.slice(0, passwordMax * 2);
      const known = hash === NO_PASSWORD ? null : hash;
      const right = await gate.run(() => Bun.password.verify(bounded === "" ? "-" : bounded, known ?? nobody));
      return right && known !== null && bounded === password && password !== "";
    },
  };
}
