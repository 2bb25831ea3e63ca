import type { Moment, PerformanceFacts } from '@gatehouse/protocol';
import type { PassageWatch, ScanRow, Watching } from '../admission/index.ts';
import type { Clock } from '../ports.ts';
import type { ConflictRow, ConflictStore } from './conflict-store.ts';
import { excessOf, type Worth } from './excess.ts';
import { holdAt } from './hold.ts';
import { inOrder, type Passage, passageOf } from './passage-time.ts';

export interface FinderParts {
  readonly store: ConflictStore;
  /** What a ticket is good for, inside a batch. */
  worth(ticket: string): Worth | undefined;
  readonly clock: Clock;
  /** Is told of conflicts that were found or have changed, when they are on disk. */
  changed(ids: readonly number[]): void;
}

const EXPLAINED = 'A record that came later shows that all was in order.';

/** Finds conflicts in the same transaction that folds what makes them. */
export function createFinder(parts: FinderParts): PassageWatch {
  return {
    begin() {
      const touched = new Set<number>();
      const work: Work = { ...parts, touched, now: parts.clock.now() };
      return {
        passed: (row, ticket, performance) => {
          const worth = worthOf(performance, ticket.facts.uses);
          const spent = worth.reEntry || ticket.used + 1 > worth.uses;
          const wrong = row.direction === 'entry' && find(work, row, spent ? worth : undefined);
          review(
            work,
            parts.store.openOf(ticket.facts.id).filter(({ id }) => !touched.has(id)),
          );
          return wrong;
        },
        learned: (row) => {
          if (row.result !== 'passed' && row.result !== 'late') return false;
          const open = parts.store.openOfScan(row.gateway, row.scan);
          review(work, open);
          for (const { id } of open) touched.add(id);
          return row.direction === 'entry' && findHold(work, row);
        },
        told: ({ gateway, scan }) => {
          for (const { id } of parts.store.openOfScan(gateway, scan)) touched.add(id);
        },
        heard: (gateway, at) => heard(work, gateway, at),
        published: () => parts.changed([...touched]),
      } satisfies Watching;
    },
  };
}

interface Work extends FinderParts {
  readonly touched: Set<number>;
  readonly now: Moment;
}

function worthOf({ reEntry }: PerformanceFacts, uses: number): Worth {
  return { reEntry, uses };
}

function find(work: Work, row: ScanRow, spent: Worth | undefined): boolean {
  const held = findHold(work, row);
  const doubled = spent !== undefined && findDouble(work, row, spent);
  return held || doubled;
}

/** Opens a conflict where something stood against the ticket. */
function findHold({ store, touched, now }: Work, row: ScanRow): boolean {
  const { ticket, performance } = row;
  if (ticket === null || performance === null) return false;
  // A drain comes through here row by row: nothing is asked for that is at hand.
  const own = passageOf(row, undefined);
  const passage = own.passed.uncertainty === null ? store.passage(row.gateway, row.scan) : own;
  if (!passage) return false;
  const hold = holdAt(store.standing(ticket, row.generation), passage);
  if (!hold) return false;
  const id = store.add('revoked', { scan: row, ticket, performance, hold, found: now });
  if (id !== undefined) touched.add(id);
  return true;
}

/** Opens a conflict where the ticket's passages are one more than those already known to be. */
function findDouble({ store, touched, now }: Work, row: ScanRow, worth: Worth): boolean {
  const { ticket, performance } = row;
  if (ticket === null || performance === null) return false;
  const { passages, excess } = excessIn(store, ticket, worth);
  if (excess.length <= store.doubles(ticket).length) return false;
  const other = otherOf(passages, excess, row);
  if (!other) return false;
  const made = { scan: row, other: other.scan, ticket, performance, found: now };
  const id = store.add('double', made);
  if (id !== undefined) touched.add(id);
  return id !== undefined;
}

function excessIn(store: ConflictStore, ticket: string, worth: Worth) {
  const passages = inOrder(store.passages(ticket));
  const directions = passages.map(({ scan }) => scan.direction);
  return { passages, excess: excessOf(directions, worth) };
}

/** The passage it collides with: the entry before it, or the one that it has made too many. */
function otherOf(
  passages: readonly Passage[],
  excess: readonly number[],
  row: ScanRow,
): Passage | undefined {
  const at = passages.findIndex(({ scan }) => scan.n === row.n);
  const entry = ({ scan }: Passage) => scan.direction === 'entry';
  const before = passages.slice(0, at).findLast(entry);
  const after = excess.find((n) => n > at);
  if (excess.includes(at)) return before;
  return after === undefined ? before : passages[after];
}

/** Closes open conflicts that what is known by now explains. */
function review(work: Work, open: readonly ConflictRow[]): void {
  for (const conflict of open) {
    const stands =
      conflict.matter === 'double' ? doubleStands(work, conflict) : held(work, conflict);
    if (stands) continue;
    work.store.explain(conflict, EXPLAINED, work.now);
    work.touched.add(conflict.id);
  }
}

function doubleStands({ store, worth }: Work, { ticket, id }: ConflictRow): boolean {
  const good = worth(ticket);
  if (!good) return true;
  const { excess, passages } = excessIn(store, ticket, good);
  const standing = store.doubles(ticket);
  if (excess.length >= standing.length) return true;
  // As many are explained as are too many; first those whose passage is right by now.
  const wrong = new Set(excess.map((n) => passages[n]?.scan.scan));
  const open = standing.filter(({ handled_at }) => handled_at === null);
  const best = open.find(
    ({ scan, other_scan }) => !wrong.has(scan) && !wrong.has(other_scan ?? ''),
  );
  return (best ?? open[0])?.id !== id;
}

function held({ store, touched }: Work, conflict: ConflictRow): boolean {
  const passage = store.passage(conflict.gateway, conflict.scan);
  if (!passage) return true;
  const hold = holdAt(store.standing(conflict.ticket, passage.scan.generation), passage);
  if (hold && hold.change !== conflict.hold_change) {
    store.setHold(conflict.id, hold);
    touched.add(conflict.id);
  }
  return hold !== undefined;
}

type Heard = Parameters<Watching['heard']>;

/** Cloud time at a moment of a boot says when all else of that boot was. */
function heard(work: Work, gateway: Heard[0], at: Heard[1]): void {
  const { wall, mono, boot, offset, uncertainty, quality } = at;
  if (offset === null || uncertainty === null || quality !== 'trusted') return;
  const anchor = {
    mono,
    at: Math.round(wall + offset),
    uncertainty: Math.ceil(Math.abs(uncertainty)),
  };
  if (!work.store.addAnchor(gateway, boot, anchor)) return;
  const open = work.store.openOfBoot(gateway, boot);
  review(work, open);
  for (const { id } of open) work.touched.add(id);
}
