/** Requests to the provider at once. */
export const SENDS_AT_ONCE = 10;
/** Messages that wait for one of them; more are refused as throttled. */
export const SENDS_WAITING_MAX = 1_000;

/** Lets a few pieces of work run at a time, the others in their order. */
export interface Turns {
  /** @returns undefined when too many wait already */
  run<T>(work: () => Promise<T>): Promise<T> | undefined;
  /** Resolves when nothing runs or waits any more. */
  idle(): Promise<void>;
}

export function createTurns(): Turns {
  const waiting: (() => void)[] = [];
  const running = new Set<Promise<unknown>>();
  let busy = 0;

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (busy >= SENDS_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
    else busy += 1;
    try {
      return await work();
    } finally {
      // The place goes on to the next one without being free in between.
      const next = waiting.shift();
      if (next) next();
      else busy -= 1;
    }
  }

  return {
    run(work) {
      if (waiting.length >= SENDS_WAITING_MAX) return undefined;
      const turn = inTurn(work);
      running.add(turn);
      const done = () => running.delete(turn);
      turn.then(done, done);
      return turn;
    },
    async idle() {
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}
