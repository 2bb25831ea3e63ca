import { createRandom, type Random } from './random.ts';
import { createStory, type Story } from './story.ts';

/** 2026-11-21 19:00 UTC, when every simulated evening begins. */
export const EVENING = 1_795_287_600_000;
/** Turns of the event loop in which chains of promises come to rest after a step. */
const TURNS = 3;
/** Work outside (a file opened, a page made) has this many turns; then the simulation is wrong. */
const TURNS_MAX = 10_000;
/** Real milliseconds after which a happening is taken to wait for the time that it holds up. */
const HELD_UP_MS = 120_000;

/** Something that will happen. */
export interface Happening {
  readonly at: number;
  readonly order: number;
  run: (() => unknown) | undefined;
  /** What goes on all evening: it is no step. */
  readonly routine?: boolean;
}

/** Virtual time: what happens, in the order of time, and for the rest as it was planned. */
export interface World {
  /** Milliseconds since the evening began. */
  readonly now: number;
  readonly random: Random;
  readonly story: Story;
  after(milliseconds: number, run: () => unknown, routine?: boolean): Happening;
  cancel(happening: Happening | undefined): void;
  /**
   * Takes happenings, and after each lets everything come to rest, up to the next that is not
   * routine; false when nothing is left.
   */
  step(): Promise<boolean>;
  /** Goes on until this moment. */
  until(moment: number): Promise<void>;
  /** Work that ends by itself within some turns of the event loop. */
  outside(change: 1 | -1): void;
  /** Runs after every step. */
  watch(check: () => void): void;
}

/** @param heldUpMs real milliseconds that one happening may take */
export function createWorld(seed: number, heldUpMs = HELD_UP_MS): World {
  const queue: Happening[] = [];
  const checks: (() => void)[] = [];
  let now = 0;
  let order = 0;
  let outside = 0;

  async function rest(turns: number): Promise<void> {
    for (let turn = 0; turn < turns || outside > 0; turn++) {
      if (turn > TURNS_MAX) throw new Error('the simulated world does not come to rest');
      await new Promise((next) => setImmediate(next));
    }
  }

  async function take(next: Happening): Promise<void> {
    now = Math.max(now, next.at);
    const { run } = next;
    next.run = undefined;
    world.story.mix(`${next.at} ${next.order} `);
    await ended(run?.(), heldUpMs);
    await rest(next.routine ? 1 : TURNS);
    for (const check of checks) check();
  }

  function first(): Happening | undefined {
    while (queue[0] && !queue[0].run) pop(queue);
    return queue[0];
  }

  const world: World = {
    get now() {
      return now;
    },
    random: createRandom(seed),
    story: createStory(() => now),
    after(milliseconds, run, routine = false) {
      order += 1;
      const happening = { at: now + Math.max(0, milliseconds), order, run, routine };
      push(queue, happening);
      return happening;
    },
    cancel(happening) {
      if (happening) happening.run = undefined;
    },
    async step() {
      for (let next = first(); next; next = first()) {
        pop(queue);
        await take(next);
        if (!next.routine) return true;
      }
      return false;
    },
    async until(moment) {
      for (let next = first(); next && next.at <= moment; next = first()) {
        pop(queue);
        await take(next);
      }
      now = Math.max(now, moment);
    },
    outside(change) {
      outside += change;
    },
    watch: (check) => void checks.push(check),
  };
  return world;
}

/** Waits for a happening's own work; one that never ends is named, as nothing else would wake up. */
async function ended(work: unknown, heldUpMs: number): Promise<void> {
  if (!(work instanceof Promise)) return;
  let timer: NodeJS.Timeout | undefined;
  const heldUp = new Promise<never>((_, reject) => {
    const fault = new Error('something that happens waits for virtual time, and holds it up');
    timer = setTimeout(reject, heldUpMs, fault);
  });
  await Promise.race([work, heldUp]).finally(() => clearTimeout(timer));
}

function isBefore(a: Happening, b: Happening): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** A binary heap: the earliest happening is always at its top. */
function push(heap: Happening[], added: Happening): void {
  let at = heap.push(added) - 1;
  while (at > 0) {
    const above = (at - 1) >> 1;
    if (isBefore(heap[above] as Happening, added)) break;
    heap[at] = heap[above] as Happening;
    at = above;
  }
  heap[at] = added;
}

function pop(heap: Happening[]): void {
  const last = heap.pop() as Happening;
  if (heap.length === 0) return;
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    if (below >= heap.length) break;
    const right = heap[below + 1];
    if (right && isBefore(right, heap[below] as Happening)) below += 1;
    if (isBefore(last, heap[below] as Happening)) break;
    heap[at] = heap[below] as Happening;
    at = below;
  }
  heap[at] = last;
}
