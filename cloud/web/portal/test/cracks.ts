import sharp from 'sharp';

type Chance = () => number;

/** How many lines run out from where the phone fell on something. */
const RAYS = [3, 8] as const;
/** CSS pixels, six to a millimetre: cracks in glass are hairs. */
const WIDTHS = [0.2, 0.85] as const;
/** How bright the screen still is, as a share. */
const LIGHT = [0.22, 1] as const;
const STEP = 26;

/** The same numbers between 0 and 1 for the same seed (mulberry32). */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A screenshot as it looks behind broken glass on a dimmed screen.
 * @param ratio device pixels a CSS pixel
 * @returns the file that was written, the share of light left, and the number of cracks
 */
export async function crack(shot: string, file: string, seed: number, ratio: number) {
  const chance = chanceOf(seed);
  const picture = sharp(shot).greyscale();
  const { width = 0, height = 0 } = await picture.metadata();
  const light = between(chance, LIGHT);
  const lines = cracks(chance, width / ratio, height / ratio, Math.round(255 * light));
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    `<g transform="scale(${ratio})" fill="none">${lines.join('')}</g></svg>`;
  await picture
    .linear(light, 0)
    .composite([{ input: Buffer.from(svg) }])
    .png({ compressionLevel: 1 })
    .toFile(file);
  return { file, light, cracks: lines.length };
}

/** Lines from one place to the edges, jagged, with branches and pieces of rings between them. */
function cracks(chance: Chance, width: number, height: number, bright: number): string[] {
  const from = { x: width * chance(), y: height * (0.1 + 0.6 * chance()) };
  const rays = Math.round(between(chance, RAYS));
  const turn = chance() * 2 * Math.PI;
  const lines: string[] = [];
  for (let ray = 0; ray < rays; ray++) {
    const towards = turn + ((ray + 0.6 * (chance() - 0.5)) * 2 * Math.PI) / rays;
    const end = line(chance, lines, from, towards, 0.25 + 0.75 * chance());
    if (chance() < 0.5) line(chance, lines, end, towards + (chance() - 0.5) * 1.6, 0.2);
  }
  for (let ring = 0; ring < 2; ring++) {
    const side = 8 + 26 * chance();
    line(chance, lines, { x: from.x + side, y: from.y }, Math.PI / 2, 0.04);
  }
  return lines;

  /** Draws one crack and gives a place in its middle. */
  function line(
    next: Chance,
    to: string[],
    start: { x: number; y: number },
    towards: number,
    share: number,
  ) {
    const steps = Math.max(2, Math.round((height * share) / STEP));
    const points = [start];
    let { x, y } = start;
    for (let step = 0; step < steps; step++) {
      const bend = towards + (next() - 0.5) * 1.1;
      x += Math.cos(bend) * STEP;
      y += Math.sin(bend) * STEP;
      points.push({ x, y });
    }
    const path = points.map((at) => `${at.x.toFixed(1)},${at.y.toFixed(1)}`).join(' ');
    // Broken glass swallows the screen's light or scatters it; it has none of its own.
    const level = next() < 0.5 ? 0 : bright;
    const thick = between(next, WIDTHS).toFixed(2);
    const seen = (0.25 + 0.4 * next()).toFixed(2);
    to.push(
      `<polyline points="${path}" stroke="rgb(${level},${level},${level})" stroke-width="${thick}" opacity="${seen}"/>`,
    );
    return points[points.length >> 1] ?? start;
  }
}

function between(chance: Chance, [least, most]: readonly [number, number]): number {
  return least + chance() * (most - least);
}
