import {
  createPipeline,
  openKernel,
  openZXing,
  type Pipeline,
  type PipelineParts,
} from '@gatehouse/gateway';
import { type Picture, type Reader, type Said, TICKET_FORMATS, TICKET_SHAPES } from './reader.ts';

const FRAME_MS = 1000 / 30;

type OwnRead = ReturnType<Pipeline['still']>[number];

interface Input {
  readonly picture: Picture;
  readonly pipeline: Pipeline;
}

/**
 * How the gateway reads: as far as it gets with the first pass, and with everything.
 * @param now what a frame's budget is counted in
 * @param trusting counts what is not believed too: photos of anything have no ticket's shape
 */
export async function ours(now: () => number, trusting = false): Promise<readonly Reader<Input>[]> {
  const parts = {
    now,
    zxing: await openZXing(),
    kernel: openKernel(),
    belief: { shapes: TICKET_SHAPES },
  };
  const counts = ({ believed }: OwnRead) => believed || trusting;
  const first: Reader<Input> = {
    name: 'gatehouse first pass',
    about: 'the first turns of two places in one frame',
    prepare: (picture) => ({
      picture,
      pipeline: createPipeline({ ...parts, budgetMs: 0 }),
    }),
    read: ({ picture, pipeline }) =>
      pipeline.frame(picture, 0, TICKET_FORMATS).reads.filter(counts).map(said),
  };
  const all: Reader<Input> = {
    name: 'gatehouse all stages',
    about: 'a still; in bursts its frames, a budget each',
    prepare: (picture) => ({ picture, pipeline: createPipeline(parts) }),
    read: ({ picture, pipeline }) =>
      pipeline.still(picture, TICKET_FORMATS).filter(counts).map(said),
    follow: () => following(parts, all),
  };
  return [first, all];
}

/** One pipeline for the frames of one camera. */
function following(parts: PipelineParts, { name, about }: Reader<Input>): Reader<Input> {
  const pipeline = createPipeline(parts);
  let at = 0;
  return {
    name,
    about,
    prepare: (picture) => ({ picture, pipeline }),
    read({ picture }) {
      at += FRAME_MS;
      return pipeline
        .frame(picture, at, TICKET_FORMATS)
        .reads.filter(({ believed }) => believed)
        .map(said);
    },
  };
}

function said({ text, symbology, stage, corners }: OwnRead): Said {
  const at = {
    x: corners.reduce((sum, { x }) => sum + x / 4, 0),
    y: corners.reduce((sum, { y }) => sum + y / 4, 0),
  };
  return { text, symbology, stage, at };
}
