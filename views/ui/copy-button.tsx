import type { ViewContext } from "../context.ts";
import { Button } from "./button.tsx";

/** `of`: the id of the element whose text is copied; `name`: what that is, beginning with Copy. */
export type CopyButtonProps = { ctx: ViewContext; of: string; name?: string | undefined };

export function CopyButton({ ctx, of, name }: CopyButtonProps): JSX.Element {
  return (
    <Button
      ctx={ctx}
      type="button"
      kind="quiet"
      icon="copy"
      label="Copy"
      name={name}
      attributes={{ "data-copy": of }}
    />
  );
}
