/** A box that is seen in each of so many seconds belongs to the place: a poster, a keyboard. */
export const BACKGROUND_SECONDS = 20;
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

const SECOND_MS = 1_000;

export function createPresence(): Presence {
  /** The most boxes of each of the last seconds, the newest last. */
  let most: number[] = [];
  let second = Number.NaN;
  let held: Presentation | undefined;
  let seenAt = 0;

  function background(boxes: number, now: number): number {
    const present = Math.floor(now / SECOND_MS);
    if (present !== second) {
      // Seconds without a frame say nothing of what hangs there.
      most = [...most, 0].slice(-BACKGROUND_SECONDS);
      second = present;
    }
    most.push(Math.max(most.pop() ?? 0, boxes));
    return Math.min(...most);
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
