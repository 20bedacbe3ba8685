import type { ViewContext } from "../context.ts";
import { id } from "../dom.ts";
import { Icon } from "../ui/icon.tsx";
import { goKeys } from "./navigation.tsx";

/** Opened by "?"; what the keys do is in static/app.js. */
export function KeyboardHelp({ ctx }: { ctx: ViewContext }): JSX.Element {
  return (
    <dialog id={id("keys")} class="dialog dialog-small" aria-labelledby={id("keys-title")}>
      <header class="dialog-head">
        <h2 id={id("keys-title")}>Keyboard</h2>
        <form method="dialog">
          <button class="button button-quiet button-icon" type="submit" title="Close">
            <Icon ctx={ctx} name="x" />
            <span class="visually-hidden">Close</span>
          </button>
        </form>
      </header>
      <div class="dialog-body">
        <dl class="keys">
          {goKeys(ctx).map(({ letter, label }) => (
            <div>
              <dt>
                <kbd>g</kbd> <kbd safe>{letter}</kbd>
              </dt>
              <dd safe>{label}</dd>
            </div>
          ))}
          <div>
            <dt>
              <kbd>/</kbd>
            </dt>
            <dd>Search</dd>
          </div>
          <div>
            <dt>
              <kbd>u</kbd>
            </dt>
            <dd>Undo the last mark, while its message is shown</dd>
          </div>
          <div>
            <dt>
              <kbd>Esc</kbd>
            </dt>
            <dd>Close a menu or a message</dd>
          </div>
          <div>
            <dt>
              <kbd>?</kbd>
            </dt>
            <dd>This list</dd>
          </div>
        </dl>
      </div>
    </dialog>
  );
}
