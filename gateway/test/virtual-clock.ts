import type { Clock } from '../clock.ts';

/** Time that stands still until it is told to go on. */
export interface VirtualClock extends Clock {
  /** Goes on by so many milliseconds: due timers run in order, promises settle after each. */
  advance(milliseconds: number): Promise<void>;
  /** Goes on until this work is over, and not at all if it needs no time. */
  through(work: Promise<unknown>): Promise<void>;
  /** Lets what is ready happen without any time going by. */
  settle(): Promise<void>;
  /** Moves this machine's wall clock, as NTP or a dead battery does. */
  stepWall(milliseconds: number): void;
}

const START = Date.parse('2026-11-21T19:00:00Z');
/** Turns of the event loop in which chains of promises come to rest. */
const TURNS = 4;
/** Work that needs time is looked at this often. */
const LOOK_MS = 50;

export function virtualClock(start = START): VirtualClock {
  let mono = 0;
  let step = 0;
  let last = 0;
  const timers = new Map<number, { at: number; run: () => void }>();

  async function settle(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn++) await new Promise((next) => setImmediate(next));
  }

  const clock: VirtualClock = {
    wall: () => start + mono + step,
    mono: () => mono,
    setTimeout(run, milliseconds) {
      last += 1;
      timers.set(last, { at: mono + Math.max(0, milliseconds), run });
      return last;
    },
    clearTimeout: (timer) => void timers.delete(timer as number),
    settle,
    async advance(milliseconds) {
      const end = mono + milliseconds;
      await settle();
      for (;;) {
        const [due] = [...timers].filter(([, { at }]) => at <= end).sort(byTime);
        if (!due) break;
        mono = Math.max(mono, due[1].at);
        timers.delete(due[0]);
        due[1].run();
        await settle();
      }
      mono = end;
    },
    async through(work) {
      let isOver = false;
      const over = () => {
        isOver = true;
      };
      work.then(over, over);
      await settle();
      while (!isOver) await clock.advance(LOOK_MS);
      await work;
    },
    stepWall(milliseconds) {
      step += milliseconds;
    },
  };
  return clock;
}

type Due = [number, { readonly at: number }];

function byTime([a, first]: Due, [b, second]: Due): number {
  return first.at - second.at || a - b;
}
