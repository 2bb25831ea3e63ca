import type { Decision } from '../admission/index.ts';
import type { Clock, Timer } from '../clock.ts';

/** Ends of admissions that are remembered, so that a repeated word gets the same answer. */
const ENDS_MAX = 200;

type Held = Decision & { readonly direction: 'entry' | 'exit' };

/** Admissions that wait for the steward's word whether the guest went in. */
export interface Holds {
  /** Gives the milliseconds that it stays open; then it is released. */
  hold(decision: Held, milliseconds: number): number;
  /** Says whether the guest counts as in; undefined for what was never held here. */
  end(scanId: string, passed: boolean): boolean | undefined;
  /** Releases all. */
  stop(): void;
}

export function createHolds(options: {
  readonly clock: Clock;
  readonly onEnd: (decision: Held, passed: boolean) => void;
}): Holds {
  const { clock, onEnd } = options;
  const held = new Map<string, { decision: Held; timer: Timer }>();
  const ended = new Map<string, boolean>();

  function end(scanId: string, passed: boolean): boolean | undefined {
    const one = held.get(scanId);
    if (!one) return ended.get(scanId);
    held.delete(scanId);
    clock.clearTimeout(one.timer);
    ended.set(scanId, passed);
    if (ended.size > ENDS_MAX) ended.delete(ended.keys().next().value as string);
    onEnd(one.decision, passed);
    return passed;
  }

  return {
    hold(decision, milliseconds) {
      const { scanId } = decision;
      const timer = clock.setTimeout(() => end(scanId, false), milliseconds);
      held.set(scanId, { decision, timer });
      return milliseconds;
    },
    end,
    stop() {
      for (const scanId of held.keys()) end(scanId, false);
    },
  };
}
