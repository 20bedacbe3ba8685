import type { ViewContext } from "../context.ts";
import { Icon } from "../ui/icon.tsx";

/** What is worth knowing of a sync or an import, and asks for nothing. */
export function Notes({ ctx, notes }: { ctx: ViewContext; notes: readonly string[] }): JSX.Element {
  if (notes.length === 0) return "";
  return (
    <ul class="notes">
      {notes.map((note) => (
        <li class="note">
          <Icon ctx={ctx} name="info" class="dim" />
          <span dir="auto" safe>
            {note}
          </span>
        </li>
      ))}
    </ul>
  );
}
