import type { JournalGap, Moment } from '@gatehouse/protocol';
import type { Store } from '../store/index.ts';

/** Ranges of journals that their gateways have lost; synchronous, inside a batch of the store. */
export interface GapStore {
  /** The last sequence of the gap that covers this one. */
  endOf(gateway: string, epoch: string, seq: number): number | undefined;
  /** @returns whether it was not known yet */
  add(gateway: string, gap: JournalGap, when: { at: Moment; received: Moment }): boolean;
}

export function createGapStore(store: Store): GapStore {
  const covering = store.prepare(
    `select max(to_seq) as "end" from journal_gaps
     where gateway = ? and epoch = ? and from_seq <= ? and to_seq >= ?`,
  );
  const add = store.prepare(
    `insert into journal_gaps (gateway, epoch, from_seq, to_seq, why, at, received)
     values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
  );
  return {
    endOf: (gateway, epoch, seq) =>
      (covering.get(gateway, epoch, seq, seq) as { end: number | null }).end ?? undefined,
    add: (gateway, { epoch, from, to, why }, { at, received }) =>
      Number(add.run(gateway, epoch, from, to, why, at, received).changes) > 0,
  };
}
