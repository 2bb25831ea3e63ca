import { type FrameRing, isAskedToStop, publish, slotToWrite } from './frame-ring.ts';
import { createPace, type PaceWord } from './pace.ts';

/** How frames lie in a stream of bytes: rows of brightness, then what is skipped. */
export interface FrameShape {
  readonly width: number;
  readonly height: number;
  /** Bytes from one row to the next; what is beyond `width` is padding. */
  readonly rowBytes: number;
  /** Bytes of a whole frame, colour included. */
  readonly frameBytes: number;
  /** An empty pipe for so many milliseconds is the pause between two frames. */
  readonly pauseMs: number;
}

/** Why a stream ended. `length`: bytes that its frames really have. */
export interface StreamEnd {
  readonly why: 'ended' | 'half-frame' | 'stopped' | 'wrong-size';
  readonly length?: number;
}

export interface FillParts {
  /** Waits for bytes and answers how many came; 0 at the end. */
  read(into: Uint8Array, at: number, length: number): number;
  now(): number;
  /** The other side sleeps and a frame is there. */
  wake(): void;
}

/** What is skipped lands here; no pipe gives more at once. */
const SKIPPED_BYTES = 65_536;

/** Cuts a stream into frames and lays their brightness into the ring until the stream ends. */
export function fillRing(ring: FrameRing, shape: FrameShape, parts: FillParts): StreamEnd {
  const lumaBytes = shape.rowBytes * shape.height;
  const skipped = new Uint8Array(SKIPPED_BYTES);
  const pace = createPace(shape.frameBytes);
  let slot = slotOf(ring);
  let filled = 0;

  /** Reads on, at most to the end of brightness or frame. */
  function readOn(): { bytes: number; word: PaceWord } {
    const before = parts.now();
    const bytes =
      filled < lumaBytes
        ? parts.read(slot, filled, lumaBytes - filled)
        : parts.read(skipped, 0, Math.min(SKIPPED_BYTES, shape.frameBytes - filled));
    const paused = parts.now() - before >= shape.pauseMs;
    return { bytes, word: bytes === 0 ? 'go' : pace.read(bytes, paused, filled) };
  }

  /** The bytes that came last begin a frame. */
  function realign(bytes: number): void {
    if (filled < lumaBytes) slot.copyWithin(0, filled, filled + bytes);
    else slot.set(skipped.subarray(0, Math.min(bytes, lumaBytes)));
    filled = 0;
  }

  for (;;) {
    const { bytes, word } = readOn();
    if (isAskedToStop(ring)) return { why: 'stopped' };
    if (bytes === 0) return { why: filled === 0 ? 'ended' : 'half-frame' };
    if (word === 'wrong-size') return { why: 'wrong-size', length: pace.length };
    if (word === 'realign') realign(bytes);
    filled += bytes;
    if (filled < shape.frameBytes) continue;
    filled = 0;
    closeRows(slot, shape);
    if (publish(ring, parts.now())) parts.wake();
    slot = slotOf(ring);
  }
}

function slotOf(ring: FrameRing): Uint8Array {
  return ring.slots[slotToWrite(ring)] as Uint8Array;
}

/** Takes the padding out, so that rows follow each other. */
function closeRows(slot: Uint8Array, { width, height, rowBytes }: FrameShape): void {
  if (rowBytes === width) return;
  for (let row = 1; row < height; row++) {
    slot.copyWithin(row * width, row * rowBytes, row * rowBytes + width);
  }
}
