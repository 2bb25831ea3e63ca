/**
 * Three frames in memory that two threads share: one being written, the newest one, one being
 * looked at. Whoever writes never waits, and never writes where somebody looks.
 */
export interface FrameRing {
  /** One `Int32Array` of `CELLS` numbers, changed by `Atomics` alone. */
  readonly cells: Int32Array;
  /** Milliseconds of `machineNow` at which each slot's last byte arrived. */
  readonly times: Float64Array;
  /** Memory of one frame each. */
  readonly slots: readonly Uint8Array[];
}

const SLOTS = 3;
/** What stands in each cell: the newest slot (`FRESH` till it is taken), and so on. */
const NEWEST = 0;
const WRITTEN = 1;
const TAKEN = 2;
const FRAMES = 3;
const DROPPED = 4;
const ASLEEP = 5;
const STOP = 6;
const CELLS = 7;
/** Beside the slot's number: nobody has looked at it yet. */
const FRESH = 4;
const NUMBER = 3;

/** @param slotBytes brightness of one frame as it comes, with its padding */
export function createFrameRing(slotBytes: number): FrameRing {
  const cells = new Int32Array(new SharedArrayBuffer(CELLS * Int32Array.BYTES_PER_ELEMENT));
  cells.set([0, 1, 2], NEWEST);
  return {
    cells,
    times: new Float64Array(new SharedArrayBuffer(SLOTS * Float64Array.BYTES_PER_ELEMENT)),
    slots: Array.from({ length: SLOTS }, () => new Uint8Array(new SharedArrayBuffer(slotBytes))),
  };
}

/** Monotonic milliseconds that all threads of this machine agree on. */
export function machineNow(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000 + nanoseconds / 1e6;
}

/** The side that writes; one thread only. */
export function slotToWrite({ cells }: FrameRing): number {
  return cells[WRITTEN] as number;
}

/**
 * Makes the written slot the newest; one that nobody looked at is counted as dropped.
 * @returns whether the other side sleeps and wants to be woken
 */
export function publish(ring: FrameRing, at: number): boolean {
  const { cells, times } = ring;
  const mine = slotToWrite(ring);
  times[mine] = at;
  const last = Atomics.exchange(cells, NEWEST, mine | FRESH);
  if (last & FRESH) Atomics.add(cells, DROPPED, 1);
  cells[WRITTEN] = last & NUMBER;
  Atomics.add(cells, FRAMES, 1);
  return Atomics.exchange(cells, ASLEEP, 0) === 1;
}

/**
 * The side that looks; one thread only. Gives back the slot of before and takes the newest.
 * @returns its number, undefined where no newer one is there
 */
export function takeNewest({ cells }: FrameRing): number | undefined {
  if (!(Atomics.load(cells, NEWEST) & FRESH)) return undefined;
  const taken = Atomics.exchange(cells, NEWEST, cells[TAKEN] as number) & NUMBER;
  cells[TAKEN] = taken;
  return taken;
}

/** @returns false where a frame came meanwhile: take it, nobody will wake you for it */
export function sleep({ cells }: FrameRing): boolean {
  Atomics.store(cells, ASLEEP, 1);
  if (!(Atomics.load(cells, NEWEST) & FRESH)) return true;
  return Atomics.exchange(cells, ASLEEP, 0) === 0;
}

/** Frames written, and those among them that a newer one replaced before they were looked at. */
export function countsOf({ cells }: FrameRing): { frames: number; dropped: number } {
  return { frames: Atomics.load(cells, FRAMES), dropped: Atomics.load(cells, DROPPED) };
}

/** Asks the writing side to end at its next byte. */
export function askToStop({ cells }: FrameRing, stop: boolean): void {
  Atomics.store(cells, STOP, stop ? 1 : 0);
}

export function isAskedToStop({ cells }: FrameRing): boolean {
  return Atomics.load(cells, STOP) === 1;
}
