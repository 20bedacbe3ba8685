import { encodePng } from "./png.ts";
import { type Glyph, glyphsOf, widthOf } from "./poster-font.ts";
import { createRandom, hexOf } from "./random.ts";

/** Posters out of nothing: a gradient, one of six abstract motifs and the title, the same every time for a title. */

const width = 300;
const height = 450;

type Colour = [number, number, number];
type Canvas = Float32Array;

/** OKLCH keeps the colours of all posters equally strong. */
function oklch(lightness: number, chroma: number, hue: number): Colour {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const gamma = (value: number): number => {
    const clipped = Math.min(1, Math.max(0, value));
    return 255 * (clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055);
  };
  return [
    gamma(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    gamma(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    gamma(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function blend(canvas: Canvas, x: number, y: number, colour: Colour, share: number): void {
  if (share <= 0) return;
  const at = (y * width + x) * 3;
  for (let channel = 0; channel < 3; channel++) {
    const old = canvas[at + channel] ?? 0;
    canvas[at + channel] = old + ((colour[channel] ?? 0) - old) * Math.min(1, share);
  }
}

/** Paints every pixel by a signed distance (negative = inside), softened over one pixel. */
function paint(canvas: Canvas, colour: Colour, strength: number, distance: (x: number, y: number) => number): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++)
      blend(canvas, x, y, colour, strength * Math.min(1, Math.max(0, 0.5 - distance(x, y))));
  }
}

type Motif = (canvas: Canvas, colours: { light: Colour; accent: Colour; dark: Colour }, roll: () => number) => void;

const sunAndHills: Motif = (canvas, { light, accent, dark }, roll) => {
  const [cx, cy, radius] = [80 + roll() * 140, 120 + roll() * 60, 52 + roll() * 34];
  paint(canvas, light, 0.95, (x, y) => Math.hypot(x - cx, y - cy) - radius);
  const layers: [number, Colour, number][] = [
    [215, accent, 0.55],
    [250, accent, 0.75],
    [285, dark, 0.9],
  ];
  for (const [base, colour, strength] of layers) {
    const [phase, swing, pace] = [roll() * 6, 14 + roll() * 18, 34 + roll() * 30];
    paint(
      canvas,
      colour,
      strength,
      (x, y) => base + Math.sin(x / pace + phase) * swing + Math.sin(x / (pace * 0.37) + phase) * 4 - y,
    );
  }
};

const rings: Motif = (canvas, { light, accent }, roll) => {
  const [cx, cy] = [90 + roll() * 120, 130 + roll() * 80];
  for (let ring = 6; ring >= 1; ring--) {
    const radius = ring * (24 + roll() * 5);
    paint(
      canvas,
      ring % 2 === 0 ? light : accent,
      0.22 + 0.1 * (6 - ring),
      (x, y) => Math.hypot(x - cx, y - cy) - radius,
    );
  }
};

const stripes: Motif = (canvas, { light, accent, dark }, roll) => {
  const angle = 0.5 + roll() * 0.8;
  const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
  const colours = [light, accent, dark, light, accent];
  for (const [index, colour] of colours.entries()) {
    const middle = 90 + index * 48 + roll() * 14;
    const half = 8 + roll() * 14;
    paint(canvas, colour, 0.7, (x, y) => Math.abs(x * dx + y * dy - middle) - half);
  }
};

const towers: Motif = (canvas, { light, accent, dark }, roll) => {
  paint(canvas, light, 0.9, (x, y) => Math.hypot(x - 215, y - 95) - 34);
  for (let tower = 0; tower < 9; tower++) {
    const [left, wide, top] = [tower * 36 - 12 + roll() * 10, 26 + roll() * 18, 130 + roll() * 130];
    paint(canvas, tower % 2 === 0 ? dark : accent, 0.85, (x, y) => Math.max(left - x, x - left - wide, top - y));
    for (let row = top + 14; row < 300; row += 18) {
      const lit = roll();
      if (lit > 0.55)
        paint(canvas, light, 0.8, (x, y) => Math.max(Math.abs(x - left - wide * lit) - 2.5, Math.abs(y - row) - 3.5));
    }
  }
};

const shards: Motif = (canvas, { light, accent, dark }, roll) => {
  const colours = [dark, accent, light, accent, light];
  for (const colour of colours) {
    const points = Array.from({ length: 3 }, () => [roll() * width, 30 + roll() * 280] as const);
    const [[ax, ay] = [0, 0], [bx, by] = [0, 0], [cx, cy] = [0, 0]] = points;
    const turn = Math.sign((bx - ax) * (cy - ay) - (by - ay) * (cx - ax)) || 1;
    const edge = (x: number, y: number, x0: number, y0: number, x1: number, y1: number): number =>
      (-turn * ((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0))) / (Math.hypot(x1 - x0, y1 - y0) || 1);
    paint(canvas, colour, 0.55, (x, y) =>
      Math.max(edge(x, y, ax, ay, bx, by), edge(x, y, bx, by, cx, cy), edge(x, y, cx, cy, ax, ay)),
    );
  }
};

const orbits: Motif = (canvas, { light, accent, dark }, roll) => {
  const [cx, cy] = [150, 165];
  paint(canvas, accent, 0.95, (x, y) => Math.hypot(x - cx, y - cy) - 46);
  paint(canvas, dark, 0.5, (x, y) =>
    Math.max(Math.hypot(x - cx, y - cy) - 46, 40 - Math.hypot(x - cx - 26, y - cy + 18) - 24),
  );
  for (let orbit = 1; orbit <= 4; orbit++) {
    const [radius, tilt, place] = [52 + orbit * 24, roll() * 0.4 + 0.35, roll() * 6.28];
    paint(canvas, light, 0.6, (x, y) => Math.abs(Math.hypot(x - cx, (y - cy) / tilt) - radius) - 0.8);
    const [px, py] = [cx + Math.cos(place) * radius, cy + Math.sin(place) * radius * tilt];
    paint(canvas, light, 0.95, (x, y) => Math.hypot(x - px, y - py) - (4 + orbit * 1.5));
  }
};

const motifs: Motif[] = [sunAndHills, rings, stripes, towers, shards, orbits];

function breakLines(title: string, gap: number, scale: number): Glyph[][] {
  const lines: Glyph[][] = [];
  let line = "";
  for (const word of title.split(/\s+/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && widthOf(glyphsOf(longer), gap) * scale > width - 48) {
      lines.push(glyphsOf(line));
      line = word;
    } else {
      line = longer;
    }
  }
  lines.push(glyphsOf(line));
  return lines.filter((glyphs) => glyphs.length > 0);
}

function strokeDistance(x: number, y: number, x0: number, y0: number, x1: number, y1: number): number {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / length));
  return Math.hypot(x - x0 - t * dx, y - y0 - t * dy);
}

function drawStroke(
  canvas: Canvas,
  colour: Colour,
  from: readonly [number, number],
  to: readonly [number, number],
  thick: number,
): void {
  const [left, right] = [Math.min(from[0], to[0]) - thick - 1, Math.max(from[0], to[0]) + thick + 1];
  const [top, bottom] = [Math.min(from[1], to[1]) - thick - 1, Math.max(from[1], to[1]) + thick + 1];
  for (let y = Math.max(0, Math.floor(top)); y <= Math.min(height - 1, bottom); y++) {
    for (let x = Math.max(0, Math.floor(left)); x <= Math.min(width - 1, right); x++) {
      blend(canvas, x, y, colour, thick + 0.5 - strokeDistance(x, y, from[0], from[1], to[0], to[1]));
    }
  }
}

function drawTitle(canvas: Canvas, title: string, colour: Colour): void {
  const gap = 1.7;
  const fits = (candidate: number): boolean => {
    const lines = breakLines(title, gap, candidate);
    return lines.length * candidate * 9 <= 150 && lines.every((line) => widthOf(line, gap) * candidate <= width - 44);
  };
  const scale = [9, 8, 7, 6, 5, 4.2, 3.5, 3, 2.4].find(fits) ?? 2;
  const lines = breakLines(title, gap, scale).slice(0, 6);
  let y = height - 30 - ((lines.length - 1) * 9 + 6) * scale;
  for (const line of lines) {
    let x = 24;
    for (const letter of line) {
      for (const stroke of letter.strokes) {
        for (let point = 1; point < stroke.length; point++) {
          const [from = [0, 0], to = [0, 0]] = [stroke[point - 1], stroke[point]];
          drawStroke(
            canvas,
            colour,
            [x + from[0] * scale, y + from[1] * scale],
            [x + to[0] * scale, y + to[1] * scale],
            scale * 0.52,
          );
        }
      }
      x += (letter.width + gap) * scale;
    }
    y += 9 * scale;
  }
}

export function drawPoster(title: string, hue: number): Uint8Array<ArrayBuffer> {
  const seed = Number.parseInt(hexOf(`art ${title} ${hue}`, 8), 16);
  const random = createRandom(seed);
  const canvas: Canvas = new Float32Array(width * height * 3);
  const other = hue + 40 + random.next() * 120;
  const [top, bottom] = [oklch(0.56, 0.13, hue), oklch(0.3, 0.09, other)];
  const colours = {
    light: oklch(0.9, 0.09, other + 60),
    accent: oklch(0.68, 0.16, other),
    dark: oklch(0.22, 0.06, hue),
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const share = Math.min(1, Math.max(0, (y + x * 0.25) / (height + width * 0.25)));
      blend(canvas, x, y, top, 1);
      blend(canvas, x, y, bottom, share);
    }
  }
  const motif = motifs[seed % motifs.length] ?? rings;
  motif(canvas, colours, random.next);
  // The lower third darkens, so that the title can be read on every motif.
  const ink = oklch(0.16, 0.04, hue);
  for (let y = 230; y < height; y++) {
    const share = Math.min(0.92, ((y - 230) / 90) ** 1.4 * 0.92);
    for (let x = 0; x < width; x++) blend(canvas, x, y, ink, share);
  }
  drawTitle(canvas, title, oklch(0.97, 0.02, other));
  return encodePng(
    width,
    height,
    Uint8Array.from(canvas, (value) => Math.round(value)),
  );
}

/** Small and of one colour, for tests and measurements. */
export function plainPoster(hue: number): Uint8Array<ArrayBuffer> {
  const [red, green, blue] = oklch(0.5, 0.12, hue);
  const rgb = new Uint8Array(40 * 60 * 3);
  for (let pixel = 0; pixel < 40 * 60; pixel++) rgb.set([red, green, blue], pixel * 3);
  return encodePng(40, 60, rgb);
}
