import type { Hold } from './hold.ts';
import { inOrder, type Passage } from './passage-time.ts';

/**
 * Whose fault it is: `knew` – whoever decided had the other use or the revocation already;
 * `could-not-know` – he had not; `same-moment` – nobody could have, it was on its way;
 * `null` – the journal row that would say so has not come yet.
 */
export type Kind = 'knew' | 'could-not-know' | 'same-moment' | null;

/**
 * What the order rests on: what was known from the cloud, or from another gateway's journal, one
 * gateway's own clock, cloud time, or nothing.
 */
export type Order = 'cursor' | 'peer' | 'gateway' | 'time' | 'unknown';

export interface Judgement {
  readonly kind: Kind;
  readonly order: Order;
}

/** Two passages on one use, in their likely order. */
export function judgeDouble(
  one: Passage,
  other: Passage,
): Judgement & { first: Passage; second: Passage } {
  for (const [first, second] of [
    [other, one],
    [one, other],
  ] as const) {
    const order = knew(second, first);
    if (order !== undefined) return { first, second, kind: 'knew', order };
  }
  const [first, second] = inOrder([one, other]) as [Passage, Passage];
  // A gateway hears its own lanes at once.
  if (one.scan.gateway === other.scan.gateway) return ownLanes(first, second);
  return { first, second, ...byTime(first, second) };
}

function ownLanes(first: Passage, second: Passage) {
  const [a, b] = [first.scan, second.scan];
  if (a.boot === null || a.boot !== b.boot || a.mono === null || b.mono === null) {
    return { first, second, kind: 'knew' as const, order: byTime(first, second).order };
  }
  const swapped = a.mono > b.mono;
  return {
    first: swapped ? second : first,
    second: swapped ? first : second,
    kind: 'knew' as const,
    order: 'gateway' as const,
  };
}

function byTime(first: Passage, second: Passage): Judgement {
  const [a, b] = [first.passed, second.passed];
  if (a.uncertainty === null || b.uncertainty === null) {
    const told = first.decided !== null && second.decided !== null;
    return { kind: told ? 'could-not-know' : null, order: 'unknown' };
  }
  if (b.at - a.at <= a.uncertainty + b.uncertainty)
    return { kind: 'same-moment', order: 'unknown' };
  if (second.decided === null) return { kind: null, order: 'time' };
  const inFlight = second.decided - b.uncertainty <= a.at + a.uncertainty;
  return { kind: inFlight ? 'same-moment' : 'could-not-know', order: 'time' };
}

/** A passage of a ticket that a hold stood, or may have stood, against. */
export function judgeRevoked(passage: Passage, hold: Hold): Judgement {
  const { scan, passed, decided } = passage;
  if (scan.cursor !== null && scan.cursor >= hold.change) return { kind: 'knew', order: 'cursor' };
  const told = decided !== null;
  if (passed.uncertainty === null) {
    return { kind: told ? 'could-not-know' : null, order: 'unknown' };
  }
  const { at, uncertainty } = passed;
  const order = hold.at < at - uncertainty ? 'time' : 'unknown';
  if ((decided ?? at) - uncertainty <= hold.at) return { kind: 'same-moment', order };
  return { kind: told ? 'could-not-know' : null, order };
}

/** By what a passage was decided with the other one's use already known, if it was. */
function knew({ scan }: Passage, { scan: other }: Passage): 'cursor' | 'peer' | undefined {
  const { cursor } = scan;
  if (cursor !== null && other.change !== null && cursor >= other.change) return 'cursor';
  return heard(scan, other) ? 'peer' : undefined;
}

/** Whether a lane had the row of another gateway's journal that says that somebody passed. */
function heard({ heard: text }: Passage['scan'], other: Passage['scan']): boolean {
  if (text === null || other.epoch === null || other.seq === null) return false;
  const last = (JSON.parse(text) as Heard)[other.gateway];
  // The runs of a gateway have no order by name: only what stands in the same one can be told.
  return last !== undefined && last.epoch === other.epoch && last.seq >= other.seq;
}

type Heard = Readonly<Record<string, { epoch: string; seq: number } | undefined>>;
