import type { Insertable, Selectable } from 'kysely';
import type { GrantTable, Store } from '../store/index.ts';

export type GrantRow = Selectable<GrantTable>;
export type NewGrant = Required<Omit<Insertable<GrantTable>, 'unsettled'>>;

/** Grants that have not ended; synchronous, inside a batch of the store. */
export interface GrantStore {
  find(gateway: string, scan: string): GrantRow | undefined;
  add(grant: NewGrant): void;
  end(gateway: string, scan: string): void;
  unsettle(gateway: string, scan: string): void;
  /** The grant of one scan is another's from now on. */
  handOver(gateway: string, from: string, to: string): void;
  /** Entry grants of a ticket. */
  openOf(ticket: string): GrantRow[];
  countOf(performance: string): number;
}

const ONE = 'from grants where gateway = ? and scan = ?';

export function createGrantStore(store: Store): GrantStore {
  const find = store.prepare(`select * ${ONE}`);
  const add = store.prepare(
    `insert into grants (gateway, scan, lane, direction, ticket, performance, slot, passage_ms,
     granted) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const end = store.prepare(`delete ${ONE}`);
  const unsettle = store.prepare('update grants set unsettled = 1 where gateway = ? and scan = ?');
  const handOver = store.prepare('update grants set scan = ? where gateway = ? and scan = ?');
  const openOf = store.prepare(
    `select * from grants where ticket = ? and direction = 'entry' order by granted`,
  );
  const countOf = store.prepare(
    `select count(*) as open from grants where performance = ? and direction = 'entry'`,
  );
  return {
    find: (gateway, scan) => find.get(gateway, scan) as GrantRow | undefined,
    add(row) {
      const { gateway, scan, lane, direction, ticket, performance, slot } = row;
      const { passage_ms, granted } = row;
      add.run(gateway, scan, lane, direction, ticket, performance, slot, passage_ms, granted);
    },
    end: (gateway, scan) => void end.run(gateway, scan),
    unsettle: (gateway, scan) => void unsettle.run(gateway, scan),
    handOver: (gateway, from, to) => void handOver.run(to, gateway, from),
    openOf: (ticket) => openOf.all(ticket) as unknown as GrantRow[],
    countOf: (performance) => (countOf.get(performance) as { open: number }).open,
  };
}
