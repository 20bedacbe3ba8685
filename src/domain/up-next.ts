import { DAY_MS } from "./instant.ts";

/** Why an episode is next, in the order in which it is shown. */
export const UP_NEXT_SECTIONS = ["new", "continue", "not-started", "a-while-ago"] as const;
export type UpNextSection = (typeof UP_NEXT_SECTIONS)[number];

/** How long after its broadcast an episode counts as new. */
export const NEW_FOR_MS = 7 * DAY_MS;
/** Who has not watched a show for longer may have left it. */
export const A_WHILE_MS = 60 * DAY_MS;
