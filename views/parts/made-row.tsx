import type { PropsWithChildren } from "@kitajs/html";
import type { ViewContext } from "../context.ts";
import { Time } from "../ui/time.tsx";

export type MadeRowProps = PropsWithChildren<{
  ctx: ViewContext;
  name: string;
  createdAt: number;
  /** "used", "fetched" */
  verb: string;
  lastAt: number | null;
}>;

/** Something that was given to a program and can be taken back: its name, and when it was last of use. */
export function MadeRow({ ctx, name, createdAt, verb, lastAt, children }: MadeRowProps): JSX.Element {
  return (
    <li class="row">
      <div class="row-text">
        <p dir="auto" safe>
          {name}
        </p>
        <p class="dim">
          <span>Made </span>
          <Time ctx={ctx} at={createdAt} as="date" />
          <span safe>{lastAt === null ? ` · never ${verb}` : ` · last ${verb} `}</span>
          {lastAt === null ? "" : <Time ctx={ctx} at={lastAt} />}
        </p>
      </div>
      {children}
    </li>
  );
}
