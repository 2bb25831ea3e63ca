import {
  around,
  barsOf,
  crop,
  enlargedBox,
  type Job,
  matrixOf,
  placed,
  readMade,
  uprightBox,
} from './job.ts';
import type { Placement } from './kernels/kernel-types.ts';
import { likenessOf } from './likeness.ts';
import type { StageName } from './read.ts';
import {
  averageOf,
  type Sampler,
  sampleAztec,
  sampleDataMatrix,
  sampleLinear,
  sampleLinearQuick,
  samplePdf417,
  samplePdf417Quick,
  sampleQr,
  sampleQrQuick,
} from './samplers/index.ts';
import { stretch } from './tones.ts';
import type { ZXingOptions, ZXingRead } from './zxing.ts';

/** Pixels of the surroundings that belong to a box: its blocks may miss a code's edge. */
const PAD = 48;
const PAD_UPRIGHT = 24;
/** Rows of upright bars that are looked at: every so many. */
const ROW_STEP = 4;
/** Bars are looked for from this likeness of the edges' directions on. */
const BARS_FROM = 0.2;
/** Frames whose mean is worth looking at. */
const SHOTS_LEAST = 3;
/** Boxes are enlarged until a module may have so many pixels, but not more than so much. */
const MODULE_WANTED = 5;
const ENLARGE_MOST = 3;
/** Sixteenths of what a pixel differs from those around it that are added to it, */
const SHARP = 32;
/** and how far around at half the size. */
const SHARP_RADIUS = 4;
/** Light is levelled by so many modules to each side, */
const LEVEL_MODULES = { modules: 2.5, stacked: 2.5, bars: 5 };
/** of which a code has so many along its shorter side where its contrast tells nothing of them; */
const LEVEL_ACROSS = 28;
/** at half the size, unless modules are smaller than this. */
const LEVEL_WHOLE_BELOW = 4;
/** What is left of a box's sides where it is looked at cheaply. */
const SMALL = 0.3;
/** A box with a longer side than this is looked at in smaller sizes too. */
const SMALLER_FROM = 300;

/** One treatment of one box. */
export interface Stage {
  readonly name: StageName;
  /** Whether it could read anything there. */
  fits(job: Job): boolean;
  read(job: Job): ZXingRead[];
}

const hasBars = (job: Job) => barsOf(job.formats).length > 0 && job.box.coherence > BARS_FROM;
/** Bars that look like modules are not read cheaply. */
const likelyOf = ({ box, formats }: Job) =>
  likenessOf(box) === 'modules' ? matrixOf(formats) : formats;
const hasModules = ({ formats }: Job) => matrixOf(formats).length > 0;

/** A: the box at half its size, which is as good where modules are not small, and cheap. */
const box: Stage = {
  name: 'box',
  fits: () => true,
  read: (job) => readPlain(job, true),
};

/** A again, at its own size. */
const boxFull: Stage = {
  name: 'box-full',
  fits: () => true,
  read: (job) => readPlain(job, false),
};

/** A at less than a third of its size: the cheapest, and large modules lose their noise and blur. */
const boxSmall: Stage = {
  name: 'box-small',
  fits: (job) => likelyOf(job).length > 0,
  read(job) {
    const place = halfOf(placeOf(job, SMALL));
    const made = job.kernel.warp(place, stretch(job.tones));
    const how = { ...plainOf(job), formats: likelyOf(job), tryDownscale: false };
    return readMade(job, made, place, how);
  },
};

function readPlain(job: Job, half: boolean): ZXingRead[] {
  const { kernel, picture } = job;
  const whole = around(job.box, PAD, picture);
  const scale = half ? 2 : 1;
  const part = {
    ...whole,
    x: whole.x >> (scale - 1),
    y: whole.y >> (scale - 1),
    width: whole.width >> (scale - 1),
    height: whole.height >> (scale - 1),
  };
  const cut = crop(half ? kernel.halve() : picture, part);
  const { x, y, width, height } = part;
  const place = { width, height, start: [x, y], across: [1, 0], down: [0, 1], half } as const;
  return readMade(job, cut, place, { ...plainOf(job), downscaleThreshold: SMALLER_FROM / scale });
}

const plainOf = ({ formats, symbols, isPlain }: Job) => ({ formats, symbols, tryInvert: !isPlain });

/**
 * B: turned upright by its edges, its tones stretched. Bars are alike from row to row, so that
 * every fourth is enough.
 */
const bars = upright('bars', 1, ROW_STEP);
/** ... smaller, where thin bars are not lost and noise is; larger, for bars of a pixel. */
const barsSmall = upright('bars-small', 0.7, 3);
const barsLarge = upright('bars-large', 2, ROW_STEP);

function upright(name: StageName, scale: number, step: number): Stage {
  const read = (job: Job) => readUpright(job, scale, step, { tryDownscale: false });
  return { name, fits: hasBars, read };
}

/** F: the same with all rows and with all that zxing has. */
const barsThorough: Stage = {
  name: 'bars-thorough',
  fits: (job) => barsOf(job.formats).length > 0,
  read: (job) => readUpright(job, 1, 1, { tryHarder: true, tryRotate: true }),
};

function readUpright(
  job: Job,
  scale: number,
  step: number,
  how: Partial<ZXingOptions>,
): ZXingRead[] {
  const turned = uprightBox(job, PAD_UPRIGHT, scale);
  const [downX, downY] = turned.down;
  const height = Math.max(1, Math.floor(turned.height / step));
  const place = { ...turned, height, down: [downX * step, downY * step] } as const;
  const made = job.kernel.warp(place, stretch(job.tones));
  const formats = barsOf(job.formats);
  return readMade(job, made, place, { formats, tryInvert: !job.isPlain, ...how });
}

/** The box at half its size, what is finer than some modules raised: dim and foggy screens. */
const boxSharp: Stage = {
  name: 'box-sharp',
  fits: () => true,
  read(job) {
    const place = placeOf(job, 0.5);
    const made = job.kernel.sharpen(job.kernel.warp(place), SHARP_RADIUS, SHARP);
    return readMade(job, made, place, { ...plainOf(job), tryDownscale: false });
  },
};

/** C: softened, which takes noise and moire away. */
const softened: Stage = {
  name: 'softened',
  fits: hasModules,
  read(job) {
    const place = placeOf(job, 1);
    const made = job.kernel.soften(job.kernel.warp(place));
    return readMade(job, made, place, { formats: matrixOf(job.formats), tryHarder: true });
  },
};

/** E: enlarged, its tones stretched. */
const enlarged: Stage = {
  name: 'enlarged',
  fits: hasModules,
  read(job) {
    const place = placeOf(job, enlargement(job));
    const made = job.kernel.warp(place, stretch(job.tones));
    return readMade(job, made, place, { formats: matrixOf(job.formats), tryDownscale: false });
  },
};

/** G, H: sharpened by a mask about one and a half, or three modules wide. */
const sharpened = sharpening('sharpened', 1.5);
const coarse = sharpening('coarse', 3);

function sharpening(name: StageName, modules: number): Stage {
  return {
    name,
    fits: () => true,
    read(job) {
      const scale = Math.min(2, enlargement(job));
      const place = placeOf(job, scale);
      const radius = Math.max(1, Math.round(job.module * scale * modules));
      const made = job.kernel.sharpen(job.kernel.warp(place), radius, SHARP);
      return readMade(job, made, place, { formats: job.formats, tryDownscale: false });
    },
  };
}

/** Our own decoders, for what zxing gives up on. */
const sampledQr = sampling('sampled-qr', ['QRCode'], sampleQr);
const sampledAztec = sampling('sampled-aztec', ['Aztec'], sampleAztec);
const sampledDataMatrix = sampling('sampled-datamatrix', ['DataMatrix'], sampleDataMatrix);
const sampledLinear = sampling('sampled-linear', ['Code128', 'EAN13', 'ITF'], sampleLinear);
const sampledPdf417 = sampling('sampled-pdf417', ['PDF417'], samplePdf417);

/** ... as far as they get in a millisecond. */
const quickQr = sampling('quick-qr', ['QRCode'], sampleQrQuick);
const quickLinear = sampling('quick-linear', ['Code128', 'EAN13', 'ITF'], sampleLinearQuick);
const quickPdf417 = sampling('quick-pdf417', ['PDF417'], samplePdf417Quick);

const OWN = [sampledQr, sampledAztec, sampledDataMatrix, sampledLinear, sampledPdf417];

function sampling(name: StageName, kinds: readonly string[], sample: Sampler): Stage {
  return {
    name,
    fits: ({ formats }) => kinds.some((kind) => formats.includes(kind)),
    read: ({ picture, box, zxing, formats, sightings }) =>
      sample(picture, box, zxing, sightings).filter(({ symbology }) => formats.includes(symbology)),
  };
}

/** Shadows, a screen's bands and haze taken off, for our own decoders. */
const levelled: Stage = {
  name: 'levelled',
  fits: (job) => OWN.some((stage) => stage.fits(job)),
  read(job) {
    // Beside a finger or a glare a faint code's contrast tells nothing of its modules.
    const module = Math.min(job.module, Math.min(job.box.width, job.box.height) / LEVEL_ACROSS);
    const scale = module < LEVEL_WHOLE_BELOW ? 1 : 0.5;
    const place = placeOf(job, scale);
    const by = 1 / place.across[0];
    const radius = Math.max(2, Math.round(module * by * LEVEL_MODULES[likenessOf(job.box)]));
    const picture = job.kernel.level(job.kernel.warp(place), radius);
    const { x, y, width, height } = job.box;
    const [left, top] = [(x - place.start[0]) * by, (y - place.start[1]) * by];
    const box = { ...job.box, x: left, y: top, width: width * by, height: height * by };
    return placed(readOwn({ ...job, picture, box, sightings: undefined }), place);
  },
};

/** The first of our own decoders that reads something. */
function readOwn(job: Job): ZXingRead[] {
  for (const stage of OWN) {
    const reads = stage.fits(job) ? stage.read(job) : [];
    if (reads.length > 0) return reads;
  }
  return [];
}

/** The mean of the place in the last frames: noise and moire move, the code does not. */
const averaged: Stage = {
  name: 'averaged',
  fits: ({ shots = [] }) => shots.length >= SHOTS_LEAST,
  read(job) {
    const { shots = [], box } = job;
    const newest = shots.at(-1);
    const mean = averageOf(shots);
    if (!newest || !mean || mean.shots < SHOTS_LEAST) return [];
    const { picture } = mean;
    const { width, height } = picture;
    const left = mean.left + box.x - newest.box.x;
    const top = mean.top + box.y - newest.box.y;
    const place = { width, height, start: [left, top], across: [1, 0], down: [0, 1] } as const;
    const how = { formats: job.formats, tryInvert: !job.isPlain };
    const read = readMade(job, picture, place, { ...how, downscaleThreshold: SMALLER_FROM });
    if (read.length > 0) return read;
    const own = { ...job, picture, box: mean.box, sightings: undefined };
    return placed(readOwn(own), place);
  },
};

/** D: the whole picture, at half its size: codes that fill it. */
const whole: Stage = {
  name: 'whole',
  fits: () => true,
  read: (job) => readPlain({ ...job, isPlain: false }, true),
};

/** Z: the whole picture with all that zxing has. */
const thorough: Stage = {
  name: 'thorough',
  fits: () => true,
  read({ zxing, picture, formats, symbols }) {
    return zxing.read(picture, { formats, tryHarder: true, tryRotate: true, symbols });
  },
};

/** Stages of the whole picture: their box is all of it. */
export const WHOLE = { whole, thorough } as const;

/** What may be done with a place. */
export const STAGES = {
  ...{ box, boxFull, boxSmall, boxSharp, bars, barsSmall, barsLarge, barsThorough },
  ...{ softened, enlarged, sharpened, coarse, averaged, levelled },
  ...{ sampledQr, sampledAztec, sampledDataMatrix, sampledLinear, sampledPdf417 },
  ...{ quickQr, quickLinear, quickPdf417 },
} as const;

function placeOf(job: Job, scale: number): Placement {
  return enlargedBox(around(job.box, PAD, job.picture), scale);
}

/** The same pixels out of the picture at half its size. */
function halfOf({ width, height, start: [x, y], across, down }: Placement): Placement {
  const [right, low] = [across[0] / 2, down[1] / 2];
  const start = [x / 2 - 0.25, y / 2 - 0.25] as const;
  return { width, height, start, across: [right, 0], down: [0, low], half: true };
}

function enlargement(job: Job): number {
  return Math.min(ENLARGE_MOST, Math.max(1.5, MODULE_WANTED / job.module));
}
