/** One finding of `doctor`. `broken` makes it exit with 1; `fix` is what to do, ready to copy where it is a command. */
export type Check = {
  name: string;
  state: "ok" | "warn" | "broken";
  text: string;
  fix?: string;
};
