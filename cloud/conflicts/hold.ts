import type { Moment } from '@gatehouse/protocol';
import type { Passage } from './passage-time.ts';

/** What stood against a ticket. */
export interface Hold {
  /** A status other than `valid`, or `superseded` where the code was of an older phone. */
  readonly status: string;
  readonly at: Moment;
  /** The ticket change that brought it; 0 for one the ticket was made with. */
  readonly change: number;
}

export interface StatusChange {
  readonly change: number;
  readonly at: Moment;
  readonly before: string;
  readonly after: string;
}

/** What is known of a ticket's standing, oldest change first. */
export interface Standing {
  readonly status: string;
  readonly created: Moment;
  readonly changes: readonly StatusChange[];
  /** When the key after that of the shown code was bound, if it was. */
  readonly newerKey?: { readonly at: Moment; readonly change: number } | undefined;
}

/**
 * What stood, or may have stood, against a ticket when somebody passed on it; the latest if more.
 * A time that is not known sure enough speaks for a hold, never against one.
 */
export function holdAt(standing: Standing, { scan, passed }: Passage): Hold | undefined {
  const known = scan.cursor ?? 0;
  const { at, uncertainty } = passed;
  const earliest = uncertainty === null ? Number.NEGATIVE_INFINITY : at - uncertainty;
  const latest = uncertainty === null ? Number.POSITIVE_INFINITY : at + uncertainty;
  const periods = periodsOf(standing);
  const possible = periods.filter((period, n) => {
    const next = periods[n + 1];
    // Who decided knew already of what came after: this one was over.
    if (next && next.change <= known) return false;
    return begins(period, known) <= latest && (!next || next.at >= earliest);
  });
  const held = possible.findLast(({ status }) => status !== 'valid');
  if (held) return held;
  const { newerKey } = standing;
  if (!newerKey) return undefined;
  const superseded = { status: 'superseded', ...newerKey };
  return begins(superseded, known) <= latest ? superseded : undefined;
}

/** What was known when it was decided was there before the passage, whatever clocks say. */
function begins({ at, change }: Hold, known: number): Moment {
  return change <= known ? Number.NEGATIVE_INFINITY : at;
}

function periodsOf({ status, created, changes }: Standing): Hold[] {
  const first = { status: changes[0]?.before ?? status, at: created, change: 0 };
  return [first, ...changes.map(({ after, at, change }) => ({ status: after, at, change }))];
}
