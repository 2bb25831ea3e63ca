/** A ticket that was out of sight for so long and comes back is held out anew. */
export const AWAY_MS = 1_500;

/** What to do with something that was just read. */
export type Seen =
  /** Ask the gateway. */
  | 'new'
  /** The same ticket is still being held out; its answer stands. */
  | 'same'
  /** Another answer is under way; it is asked afterwards unless a newer one comes. */
  | 'kept';

/**
 * Makes one presentation of the many readings of a held-out ticket, as a lane does. While one is
 * asked about, the newest other one is kept: one, never a queue.
 */
export interface Presentation {
  see(code: string, at: number, isTyped: boolean): Seen;
  /** The question is answered or given up. @returns the code that came meanwhile */
  done(): string | undefined;
  /** Forgets the last code: the next reading is new. */
  forget(): void;
}

export function createPresentation(): Presentation {
  let held: { code: string; at: number } | undefined;
  let isAsking = false;
  let kept: string | undefined;
  return {
    see(code, at, isTyped) {
      const same = held?.code === code && at - held.at < AWAY_MS;
      if (held?.code === code) held.at = at;
      // A scanner that plays keyboard sends a code once for each pull of its trigger.
      if (same && (isAsking || !isTyped)) return 'same';
      if (isAsking) {
        kept = code;
        return 'kept';
      }
      held = { code, at };
      isAsking = true;
      return 'new';
    },
    done() {
      isAsking = false;
      const next = kept;
      kept = undefined;
      return next;
    },
    forget() {
      held = undefined;
      kept = undefined;
    },
  };
}
