import type { Moment, Stamp } from '@gatehouse/protocol';
import type { Store } from '../store/index.ts';
import { momentOf } from './watch.ts';

/** Two starts of one gateway that wrote this much at the same time are two machines. */
export const OVERLAP_MS = 10_000;
/** A row that knows its time less well proves nothing. */
export const UNCERTAINTY_MAX_MS = 2_000;
/** A beat that was under way at a restart comes once, perhaps twice; this often none does. */
export const RETURNS_MAX = 3;
/** Earlier starts of one gateway that are remembered. */
const BOOTS_MAX = 8;

/** From when to when rows were written, by those that knew their time. */
export interface Span {
  readonly first: Moment;
  readonly last: Moment;
}

/** A span that takes in one moment more, if that is known well enough. */
export function stretched(span: Span | undefined, at: Stamp): Span | undefined {
  const known = at.quality === 'trusted' && at.offset !== null && at.uncertainty !== null;
  if (!known || Math.abs(at.uncertainty ?? 0) > UNCERTAINTY_MAX_MS) return span;
  const moment = momentOf(at);
  if (!span) return { first: moment, last: moment };
  return { first: Math.min(span.first, moment), last: Math.max(span.last, moment) };
}

/** What is known of gateways that run twice; synchronous, inside a batch of the store. */
export interface CloneStore {
  /**
   * Rows of an epoch were written in this time. A restart begins when the run before it has ended,
   * however late that one's rows come; epochs that overlap are two machines.
   * @returns epochs that it overlaps with and that were not known to
   */
  ran(gateway: string, epoch: string, span: Span, now: Moment): string[];
  /** Two boots of one gateway take turns. @returns whether that was not known yet */
  takeTurns(gateway: string, one: string, other: string, now: Moment): boolean;
}

export function createCloneStore(store: Store): CloneStore {
  const stretch = store.prepare(
    `insert into journal_spans (gateway, epoch, first_at, last_at) values (?, ?, ?, ?)
     on conflict do update set first_at = min(first_at, excluded.first_at),
     last_at = max(last_at, excluded.last_at)`,
  );
  const overlapping = store.prepare(
    `select b.epoch from journal_spans a join journal_spans b on b.gateway = a.gateway
     where a.gateway = ? and a.epoch = ? and b.epoch <> a.epoch
     and min(a.last_at, b.last_at) - max(a.first_at, b.first_at) > ${OVERLAP_MS}`,
  );
  const seen = store.prepare(
    'update gateway_clones set latest = ? where gateway = ? and one = ? and other = ?',
  );
  const add = store.prepare(
    `insert into gateway_clones (gateway, one, other, evidence, found, latest)
     values (?, ?, ?, ?, ?, ?)`,
  );

  function found(
    gateway: string,
    pair: readonly [string, string],
    evidence: 'journal' | 'heartbeat',
    now: Moment,
  ): boolean {
    const [one, other] = [...pair].sort() as [string, string];
    if (Number(seen.run(now, gateway, one, other).changes) > 0) return false;
    add.run(gateway, one, other, evidence, now, now);
    return true;
  }

  return {
    ran(gateway, epoch, { first, last }, now) {
      stretch.run(gateway, epoch, first, last);
      return overlapping
        .all(gateway, epoch)
        .map((row) => String(row.epoch))
        .filter((other) => found(gateway, [epoch, other], 'journal', now));
    },
    takeTurns: (gateway, one, other, now) => found(gateway, [one, other], 'heartbeat', now),
  };
}

/** Hears in heartbeats whether a gateway goes back to an earlier start, which no restart does. */
export interface TurnWatch {
  /** @returns the start that this one takes turns with, once that is beyond doubt */
  beat(gateway: string, boot: string): string | undefined;
}

export function createTurnWatch(): TurnWatch {
  const known = new Map<string, { now: string; before: string[]; returns: number }>();
  return {
    beat(gateway, boot) {
      const last = known.get(gateway);
      if (!last) known.set(gateway, { now: boot, before: [], returns: 0 });
      if (!last || last.now === boot) return undefined;
      const other = last.now;
      if (last.before.includes(boot)) last.returns += 1;
      else last.returns = 0;
      last.before = [other, ...last.before.filter((one) => one !== other)].slice(0, BOOTS_MAX);
      last.now = boot;
      return last.returns >= RETURNS_MAX ? other : undefined;
    },
  };
}
