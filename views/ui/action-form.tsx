import type { PropsWithChildren } from "@kitajs/html";
import { type HxOptions, hx } from "./hx.ts";

export type ActionFormProps = PropsWithChildren<{
  action: string;
  /** PUT and DELETE travel as a POST with `_method`, with and without script alike. */
  method?: "post" | "put" | "delete" | undefined;
  /** Left out: a plain form that loads a page. */
  live?: Omit<HxOptions, "get" | "post"> | undefined;
  class?: string | undefined;
  attributes?: Record<string, string> | undefined;
}>;

export function ActionForm({ action, method = "post", live, children, ...rest }: ActionFormProps): JSX.Element {
  const improved = live === undefined ? {} : hx({ disable: "find button", ...live, post: action });
  return (
    <form method="post" action={action} class={rest.class ?? "action"} {...improved} {...(rest.attributes ?? {})}>
      {method === "post" ? "" : <input type="hidden" name="_method" value={method.toUpperCase()} />}
      {children}
    </form>
  );
}
