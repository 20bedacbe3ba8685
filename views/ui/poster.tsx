import type { Attributes } from "./hx.ts";
import { attr, hueOf, initials } from "./text.ts";

export type PosterProps = {
  title: string;
  /** One of our own image addresses, or null for the drawn one. */
  src: string | null;
  /** 0–359; left out: from the title. */
  hue?: number | undefined;
  size?: "card" | "thumb" | "page" | undefined;
  shape?: "poster" | "still" | undefined;
  /** First on the page: fetch now instead of when scrolled to. */
  eager?: boolean | undefined;
};

const SIZES = {
  card: "(min-width: 960px) 168px, 30vw",
  thumb: "64px",
  page: "(min-width: 720px) 220px, 34vw",
} as const;

/** Hues are drawn in 24 steps, each a rule in app.css, since inline styles are not allowed. */
function hueStep(hue: number): string {
  return String(Math.round((((hue % 360) + 360) % 360) / 15) % 24);
}

/** Decorative: the title always stands beside it as text. */
export function Poster({ title, src, hue, size = "card", shape = "poster", eager = false }: PosterProps): JSX.Element {
  const extras: Attributes = {
    width: shape === "still" ? "320" : "200",
    height: shape === "still" ? "180" : "300",
    sizes: SIZES[size],
    loading: eager ? "eager" : "lazy",
    decoding: "async",
  };
  return (
    <span
      class={`poster poster-${size}${shape === "still" ? " poster-still" : ""}`}
      data-hue={hueStep(hue ?? hueOf(title))}
    >
      <span class="poster-initials" aria-hidden="true" safe>
        {initials(title)}
      </span>
      {src === null ? "" : <img src={attr(src)} alt="" {...extras} />}
    </span>
  );
}
