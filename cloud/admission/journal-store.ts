import type { JournalRow } from '@gatehouse/protocol';
import type { Store } from '../store/index.ts';

export interface JournalHead {
  /** Highest sequence up to which all rows are stored; 0 for none. */
  readonly upTo: number;
  readonly digest: string;
  /** Rows up to here were stored and may have been pruned. */
  readonly prunedTo: number;
}

export type Parked = 'fork' | 'unreadable' | 'broken-seal' | 'broken-chain';

/** What the journal keeps of gateways' rows; synchronous, inside a batch of the store. */
export interface JournalStore {
  head(gateway: string, epoch: string): JournalHead | undefined;
  setHead(gateway: string, epoch: string, head: Omit<JournalHead, 'prunedTo'>): void;
  /** Digests stored for one sequence: more than one is a fork. */
  digests(gateway: string, epoch: string, seq: number): string[];
  /** The row that counts at a place: one that was set aside as a fork does not. */
  row(gateway: string, epoch: string, seq: number): JournalRow | undefined;
  /** The first sequence of a range that has a row. */
  firstIn(gateway: string, epoch: string, from: number, to: number): number | undefined;
  add(row: JournalRow & { gateway: string; epoch: string; received: number }): void;
  park(gateway: string, epoch: string, row: JournalRow, why: Parked): void;
}

const AT = 'gateway = ? and epoch = ? and seq = ?';

export function createJournalStore(store: Store): JournalStore {
  const head = store.prepare(
    `select up_to as upTo, digest, pruned_to as prunedTo from journal_heads
     where gateway = ? and epoch = ?`,
  );
  const setHead = store.prepare(
    `insert into journal_heads (gateway, epoch, up_to, digest, moved)
     values (?, ?, ?, ?, (select coalesce(max(moved), 0) + 1 from journal_heads))
     on conflict do update set up_to = excluded.up_to, digest = excluded.digest,
     moved = excluded.moved`,
  );
  const digests = store.prepare(`select digest from journal where ${AT}`);
  const row = store.prepare(
    `select seq, previous, digest, body from journal where ${AT}
     and (parked is null or parked <> 'fork') order by received limit 1`,
  );
  const first = store.prepare(
    `select min(seq) as seq from journal where gateway = ? and epoch = ? and seq between ? and ?
     and (parked is null or parked <> 'fork')`,
  );
  const add = store.prepare(
    `insert into journal (gateway, epoch, seq, digest, previous, body, received)
     values (?, ?, ?, ?, ?, ?, ?)`,
  );
  const park = store.prepare(`update journal set parked = ? where ${AT} and digest = ?`);
  return {
    head: (gateway, epoch) => head.get(gateway, epoch) as JournalHead | undefined,
    setHead: (gateway, epoch, { upTo, digest }) => void setHead.run(gateway, epoch, upTo, digest),
    digests: (gateway, epoch, seq) =>
      digests.all(gateway, epoch, seq).map((found) => found.digest as string),
    row: (gateway, epoch, seq) => row.get(gateway, epoch, seq) as JournalRow | undefined,
    firstIn: (gateway, epoch, from, to) =>
      (first.get(gateway, epoch, from, to) as { seq: number | null }).seq ?? undefined,
    add: ({ gateway, epoch, seq, digest, previous, body, received }) =>
      void add.run(gateway, epoch, seq, digest, previous, body, received),
    park: (gateway, epoch, { seq, digest }, why) => void park.run(why, gateway, epoch, seq, digest),
  };
}
