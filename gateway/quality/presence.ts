/**
 * As many boxes as are seen in all but the emptiest tenth of so many half seconds belong to the
 * place: a poster, a keyboard. Who walks past and hides them for a moment does not make them new.
 */
export const BACKGROUND_SLOTS_MAX = 120;
/** Before so many, what was always seen belongs to it. */
export const BACKGROUND_SLOTS_MIN = 40;
const SLOT_MS = 500;
const EMPTIEST = 0.1;
/** A guest has left when nothing of theirs was seen for so long. */
export const GONE_MS = 700;

/** Something that was held in front of a camera. */
export interface Presentation {
  /** Monotonic milliseconds at which it appeared. */
  readonly since: number;
  /** Stages tried on it until it was read. */
  tries: number;
  isRead: boolean;
}

/** Tells what guests hold out from what always hangs there, by how many boxes are seen. */
export interface Presence {
  /**
   * Gives what is held out now, and what has just been taken away.
   * @param took milliseconds that it took to see them
   */
  see(
    boxes: number,
    now: number,
    took?: number,
  ): { now?: Presentation | undefined; gone?: Presentation | undefined };
}

export function createPresence(): Presence {
  /** The most boxes of each of the last slots, the newest last. */
  let most: number[] = [];
  let slot = Number.NaN;
  /** Boxes that are there without a guest. */
  let usual = 0;
  let held: Presentation | undefined;
  let seenAt = 0;

  function background(boxes: number, now: number): number {
    const present = Math.floor(now / SLOT_MS);
    if (present !== slot) {
      const sorted = [...most].sort((one, other) => one - other);
      const rank = sorted.length < BACKGROUND_SLOTS_MIN ? 0 : sorted.length * EMPTIEST;
      usual = sorted[Math.floor(rank)] ?? boxes;
      most = [...most, 0].slice(-BACKGROUND_SLOTS_MAX);
      slot = present;
    }
    most.push(Math.max(most.pop() ?? 0, boxes));
    return usual;
  }

  return {
    see(boxes, now, took = 0) {
      const isThere = boxes > background(boxes, now);
      if (isThere) {
        seenAt = now;
        held ??= { since: now - took, tries: 0, isRead: false };
        return { now: held };
      }
      if (!held || now - seenAt < GONE_MS) return { now: held };
      const gone = held;
      held = undefined;
      return { gone };
    },
  };
}
