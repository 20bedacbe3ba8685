/** A run that would take away more marks than this, in number and in share, waits for one press of the user. */
export const GUARD_MARKS = 20;
export const GUARD_SHARE = 0.05;

export interface GuardInput {
  /** Marks the run would remove, in either direction. */
  removals: number;
  /** Marks there were before it. */
  existing: number;
}

export function guardHolds({ removals, existing }: GuardInput): boolean {
  return removals > GUARD_MARKS && removals > existing * GUARD_SHARE;
}
