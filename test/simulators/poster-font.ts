/**
 * A small drawn alphabet: every letter is a list of strokes on a grid 4 wide and 6 high (y downwards), a stroke being a
 * run of points. Drawn with round ends it looks like lettering on a screen-printed poster.
 */

type Point = readonly [number, number];
export type Glyph = { width: number; strokes: readonly (readonly Point[])[] };

/** "0,0 4,6|0,3 4,3" → strokes. */
function glyph(drawing: string, width = 4): Glyph {
  return {
    width,
    strokes: drawing.split("|").map((stroke) =>
      stroke.split(" ").map((point): Point => {
        const [x = "0", y = "0"] = point.split(",");
        return [Number(x), Number(y)];
      }),
    ),
  };
}

const round = "1,0 3,0 3.7,.4 4,1.2 4,4.8 3.7,5.6 3,6 1,6 .3,5.6 0,4.8 0,1.2 .3,.4 1,0";

const glyphs: Record<string, Glyph> = {
  A: glyph("0,6 2,0 4,6|.7,4 3.3,4"),
  B: glyph("0,0 0,6 2.8,6 3.7,5.5 4,4.5 3.7,3.5 2.8,3 0,3|2.6,3 3.4,2.5 3.7,1.5 3.4,.5 2.6,0 0,0"),
  C: glyph("4,1.2 3.7,.4 3,0 1,0 .3,.4 0,1.2 0,4.8 .3,5.6 1,6 3,6 3.7,5.6 4,4.8"),
  D: glyph("0,0 0,6 2.4,6 3.6,5.3 4,4.2 4,1.8 3.6,.7 2.4,0 0,0"),
  E: glyph("3.6,0 0,0 0,6 3.6,6|0,3 3,3", 3.6),
  F: glyph("3.6,0 0,0 0,6|0,3 3,3", 3.6),
  G: glyph("4,1.2 3.7,.4 3,0 1,0 .3,.4 0,1.2 0,4.8 .3,5.6 1,6 3,6 3.7,5.6 4,4.8 4,3.2 2.4,3.2"),
  H: glyph("0,0 0,6|4,0 4,6|0,3 4,3"),
  I: glyph("0,0 0,6", 0),
  J: glyph("3,0 3,4.8 2.7,5.6 2,6 1,6 .3,5.6 0,4.8", 3),
  K: glyph("0,0 0,6|4,0 0,3.4|1.3,2.5 4,6"),
  L: glyph("0,0 0,6 3.4,6", 3.4),
  M: glyph("0,6 0,0 2.4,4 4.8,0 4.8,6", 4.8),
  N: glyph("0,6 0,0 4,6 4,0"),
  O: glyph(round),
  P: glyph("0,6 0,0 2.8,0 3.7,.5 4,1.6 3.7,2.8 2.8,3.3 0,3.3"),
  Q: glyph(`${round}|2.6,4.6 4.2,6.4`),
  R: glyph("0,6 0,0 2.8,0 3.7,.5 4,1.6 3.7,2.8 2.8,3.3 0,3.3|2.2,3.3 4,6"),
  S: glyph(
    "4,1.1 3.6,.3 2.8,0 1.2,0 .4,.4 0,1.4 .4,2.4 1.2,2.9 2.8,3.1 3.6,3.6 4,4.6 3.6,5.6 2.8,6 1.2,6 .4,5.7 0,4.9",
  ),
  T: glyph("0,0 4,0|2,0 2,6"),
  U: glyph("0,0 0,4.8 .3,5.6 1,6 3,6 3.7,5.6 4,4.8 4,0"),
  V: glyph("0,0 2,6 4,0"),
  W: glyph("0,0 1.4,6 2.8,1.6 4.2,6 5.6,0", 5.6),
  X: glyph("0,0 4,6|4,0 0,6"),
  Y: glyph("0,0 2,3 4,0|2,3 2,6"),
  Z: glyph("0,0 4,0 0,6 4,6"),
  "0": glyph(round),
  "1": glyph("0,1.2 1.4,0 1.4,6", 1.4),
  "2": glyph("0,1.4 .3,.4 1.2,0 2.8,0 3.7,.5 4,1.5 3.6,2.6 0,6 4,6"),
  "3": glyph("0,.8 1,0 2.8,0 3.7,.5 3.9,1.5 3.6,2.5 2.6,3 1.4,3|2.6,3 3.7,3.5 4,4.6 3.7,5.5 2.8,6 1,6 0,5.2"),
  "4": glyph("3,6 3,0 0,4.3 4,4.3"),
  "5": glyph("3.7,0 .4,0 .2,2.7 1.2,2.3 2.8,2.3 3.7,2.9 4,4.1 3.7,5.4 2.8,6 1,6 0,5.2"),
  "6": glyph("3.4,0 1.4,0 .4,1.2 0,3.2 0,4.8 .4,5.7 1.3,6 2.7,6 3.6,5.6 4,4.5 3.6,3.3 2.7,2.9 1,3 .1,3.9"),
  "7": glyph("0,0 4,0 1.4,6"),
  "8": glyph(
    "1.2,0 2.8,0 3.6,.5 3.8,1.5 3.5,2.5 2.6,2.9 1.4,2.9 .5,2.5 .2,1.5 .4,.5 1.2,0|1.4,2.9 .4,3.4 0,4.5 .4,5.6 1.3,6 2.7,6 3.6,5.6 4,4.5 3.6,3.4 2.6,2.9",
  ),
  "9": glyph(".6,6 2.6,6 3.6,4.8 4,2.8 4,1.2 3.6,.3 2.7,0 1.3,0 .4,.4 0,1.5 .4,2.7 1.3,3.1 3,3 3.9,2.1"),
  "&": glyph("4,6 .8,1.9 .6,.8 1.3,0 2.3,0 2.9,.8 2.6,1.8 .5,3.4 0,4.5 .4,5.6 1.4,6 2.4,5.8 4,3.6"),
  "'": glyph("0,0 0,1.4", 0),
  "’": glyph("0,0 0,1.4", 0),
  "-": glyph("0,3 2.4,3", 2.4),
  ".": glyph("0,6 0,6", 0),
  ",": glyph(".4,6 0,7", 0.4),
  ":": glyph("0,2 0,2|0,5.6 0,5.6", 0),
  "!": glyph("0,0 0,4|0,6 0,6", 0),
  "?": glyph("0,1.2 .4,.3 1.2,0 2.4,0 3.2,.5 3.4,1.5 3,2.4 1.7,3.3 1.7,4|1.7,6 1.7,6", 3.4),
  "/": glyph("3,0 0,6", 3),
};

const space: Glyph = { width: 2, strokes: [] };

/** Letters without a drawing (other scripts, signs) are left out. */
export function glyphsOf(text: string): Glyph[] {
  const plain = text.normalize("NFD").replace(/\p{M}/gu, "").toUpperCase();
  return [...plain].flatMap((letter) => (letter === " " ? [space] : (glyphs[letter] ?? [])));
}

/** Width in grid units, with `gap` between letters. */
export function widthOf(letters: Glyph[], gap: number): number {
  return letters.reduce((sum, letter) => sum + letter.width, 0) + gap * Math.max(0, letters.length - 1);
}
