import type { Belief } from './believe.ts';
import type { Box } from './box.ts';
import { type Job, jobFor } from './job.ts';
import type { Kernel } from './kernels/kernel-types.ts';
import { createLocator } from './locate.ts';
import type { Luma } from './luma.ts';
import { FIRST_PASS, stagesOf } from './order.ts';
import type { Read, StageName } from './read.ts';
import { type Stage, WHOLE } from './stages.ts';
import type { ZXing } from './zxing.ts';

/** Boxes of a still that the later stages are tried on. */
const BOXES = 4;
/** Codes looked for in one still. */
const SYMBOLS = 8;
/** Larger pictures are looked at in half their size until they are not. */
const PIXELS = 2_000_000;

export interface StillsParts {
  readonly zxing: ZXing;
  readonly kernel: Kernel;
  readonly belief: Belief;
  uses(stage: StageName): boolean;
}

/** Reads single pictures with every stage, until nothing is left to try. */
export function createStills({ zxing, kernel, belief, uses }: StillsParts) {
  const locate = createLocator(kernel);

  function run(reads: Read[], stage: Stage, job: Job, scale: number): boolean {
    if (!uses(stage.name) || !stage.fits(job)) return false;
    const found = stage.read(job);
    for (const read of found) {
      if (reads.some(({ text }) => text === read.text)) continue;
      const [a, b, c, d] = read.corners;
      const large = ({ x, y }: typeof a) => ({ x: x * scale, y: y * scale });
      const corners = [large(a), large(b), large(c), large(d)] as const;
      reads.push({ ...read, corners, stage: stage.name, believed: belief.still(read) });
    }
    return found.some((read) => belief.still(read));
  }

  return (whole: Luma, formats: readonly string[]): Read[] => {
    const reads: Read[] = [];
    let picture = whole;
    kernel.take(picture);
    while (picture.width * picture.height > PIXELS) {
      const { luma, width, height } = kernel.halve();
      picture = { luma: luma.slice(), width, height };
      kernel.take(picture);
    }
    const scale = whole.width / picture.width;
    const gradients = kernel.gradients();
    const { boxes } = locate(gradients);
    const common = { picture, gradients, formats, kernel, zxing };
    const jobs = boxes.slice(0, BOXES).map((box) => jobFor({ ...common, box, symbols: 1 }));
    const all = { x: 0, y: 0, width: picture.width, height: picture.height };
    const frame = { ...all, score: 0, coherence: 0, angle: 0 };
    const isOpen = ({ box }: Job) =>
      !reads.some((read) => read.believed && stands(read, scale, box));
    const tryEach = (from: number, to: number) => {
      for (let turn = from; turn < to; turn++) {
        for (const job of jobs) {
          const stages = stagesOf(job);
          const stage = stages[turn];
          const isFirst = stage !== undefined && stages.indexOf(stage) === turn;
          if (isFirst && isOpen(job)) run(reads, stage, job, scale);
        }
      }
    };
    tryEach(0, FIRST_PASS);
    run(reads, WHOLE.whole, jobFor({ ...common, box: frame, symbols: SYMBOLS }), scale);
    tryEach(FIRST_PASS, Math.max(0, ...jobs.map((job) => stagesOf(job).length)));
    const last = { ...common, picture: whole, box: frame, symbols: SYMBOLS };
    run(reads, WHOLE.thorough, { ...jobFor({ ...last, picture }), picture: whole }, 1);
    return reads;
  };
}

/** Whether the middle of what was read is in the box. */
function stands({ corners }: Read, scale: number, { x, y, width, height }: Box): boolean {
  const middleX = corners.reduce((sum, corner) => sum + corner.x, 0) / 4 / scale;
  const middleY = corners.reduce((sum, corner) => sum + corner.y, 0) / 4 / scale;
  return middleX >= x && middleX <= x + width && middleY >= y && middleY <= y + height;
}
