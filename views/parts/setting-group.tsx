import type { PropsWithChildren } from "@kitajs/html";
import { id } from "../dom.ts";

export type GroupProps = PropsWithChildren<{ title: string; hint?: string | undefined }>;

/** One matter of a settings page: what it is on the left, its controls on the right. */
export function Group({ title, hint, children }: GroupProps): JSX.Element {
  const titleId = id("setting", title);
  return (
    <section class="setting-group" aria-labelledby={titleId}>
      <div>
        <h2 id={titleId} safe>
          {title}
        </h2>
        {hint === undefined ? (
          ""
        ) : (
          <p class="dim" safe>
            {hint}
          </p>
        )}
      </div>
      <div class="stack setting-controls">{children}</div>
    </section>
  );
}
