import type { ViewContext } from "../context.ts";
import { fieldIds } from "./field.tsx";
import type { Attributes } from "./hx.ts";
import { Icon } from "./icon.tsx";

export const BEST_RATING = 10;

export type RatingFieldProps = {
  ctx: ViewContext;
  name: string;
  scope?: string | undefined;
  value: number | null;
  attributes?: Attributes | undefined;
};

/** One star of ten each, and none: a group of radio buttons, so arrow keys choose and every star can be pointed at. */
export function RatingField({ ctx, name, scope, value, attributes = {} }: RatingFieldProps): JSX.Element {
  const stars = Array.from({ length: BEST_RATING }, (_, index) => index + 1);
  const idOf = (star: number): string => fieldIds(`${name}-${star}`, scope).input;
  return (
    <fieldset class="rating">
      <legend class="field-label">
        <span>Rating</span>
        <span class="rating-value dim numbers" safe>
          {value === null ? "not rated" : `${value} of ${BEST_RATING}`}
        </span>
      </legend>
      <div class="rating-stars">
        {stars.map((star) => (
          <label class="rating-star" for={idOf(star)} title={`${star} of ${BEST_RATING}`}>
            <input
              type="radio"
              id={idOf(star)}
              name={name}
              value={String(star)}
              checked={value === star}
              aria-label={`${star} of ${BEST_RATING}`}
              {...attributes}
            />
            <Icon ctx={ctx} name="star" />
          </label>
        ))}
        <label class="rating-none" for={idOf(0)} title="Not rated">
          <input
            type="radio"
            id={idOf(0)}
            name={name}
            value=""
            checked={value === null}
            aria-label="Not rated"
            {...attributes}
          />
          <Icon ctx={ctx} name="x" />
        </label>
      </div>
    </fieldset>
  );
}
