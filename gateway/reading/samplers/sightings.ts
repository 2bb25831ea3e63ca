/** Frames that are taken together; the oldest is left out. */
const FRAMES_MAX = 8;
/** Kinds of symbol that a place may be taken for; the one seen longest ago is forgotten. */
const KINDS_MAX = 4;

/**
 * What frames showed of one symbol that none of them was enough for: how dark each of its modules
 * looked. Noise and moire move from frame to frame, a module does not; each frame has a grid of its
 * own, so that nothing has to be laid over anything.
 */
export interface Sightings {
  /** Whether something was seen since it was last begun anew. */
  readonly any: boolean;
  /** Another frame begins. */
  next(): void;
  /**
   * Adds what this frame shows.
   * @param kind what it is taken for: only what is of one kind is taken together
   * @param modules above 0 dark, below 0 light, further off the surer
   * @returns all frames together, in the noise of one; undefined where this is the first one, or
   * this frame was added already
   */
  add(kind: string, modules: Float32Array): Float32Array | undefined;
  /** Something else stands there. */
  clear(): void;
}

interface Kind {
  readonly name: string;
  frame: number;
  readonly seen: Float32Array[];
}

export function createSightings(): Sightings {
  let kinds: Kind[] = [];
  let frame = 0;
  return {
    get any() {
      return kinds.length > 0;
    },
    next() {
      frame += 1;
    },
    add(name, modules) {
      const known = kinds.find((kind) => kind.name === name);
      if (known?.frame === frame) return undefined;
      const seen = known?.seen ?? ([] as Float32Array[]);
      seen.push(modules.slice());
      if (seen.length > FRAMES_MAX) seen.shift();
      kinds = [...kinds.filter((kind) => kind !== known), { name, frame, seen }].slice(-KINDS_MAX);
      return seen.length > 1 ? together(seen) : undefined;
    },
    clear() {
      kinds = [];
    },
  };
}

function together(seen: readonly Float32Array[]): Float32Array {
  const share = 1 / Math.sqrt(seen.length);
  const sum = new Float32Array(seen[0]?.length ?? 0);
  for (const modules of seen) {
    for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + share * modules[i]!;
  }
  return sum;
}
