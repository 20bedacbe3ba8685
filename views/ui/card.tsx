import type { PropsWithChildren } from "@kitajs/html";

export type CardProps = PropsWithChildren<{
  id?: string | undefined;
  class?: string | undefined;
  labelledBy?: string | undefined;
  attributes?: Record<string, string> | undefined;
}>;

export function Card({ id, class: className, labelledBy, attributes, children }: CardProps): JSX.Element {
  return (
    <section
      class={className === undefined ? "card" : `card ${className}`}
      {...(id === undefined ? {} : { id })}
      {...(labelledBy === undefined ? {} : { "aria-labelledby": labelledBy })}
      {...(attributes ?? {})}
    >
      {children}
    </section>
  );
}
