import type { Store } from '../store/index.ts';

/** One ticket on its way in, before it counts. */
export interface StagedTicket {
  readonly row: number;
  readonly id: string;
  readonly digest: string;
  readonly status: string;
  readonly uses: number;
  readonly entrances: string;
  readonly label: string;
}

/** Rows of an import beside the tickets, invisible until all of them move at once. */
export interface Staging {
  add(rows: readonly StagedTicket[]): Promise<void>;
  /** Row numbers of codes that the store has already, the first `limit` of them, and how many. */
  known(limit: number): Promise<{ rows: number[]; total: number }>;
  /** Makes all rows tickets in one transaction; gives their number. */
  move(performance: string, created: number, also?: (moved: number) => void): Promise<number>;
  drop(): Promise<void>;
}

const TABLE = `create temp table import_rows (
  n integer primary key,
  row integer not null,
  id text not null,
  digest text not null,
  status text not null,
  uses integer not null,
  entrances text not null,
  label text not null
) strict`;
const KNOWN = 'import_rows i join tickets t on t.digest = i.digest';
const MOVE = `insert into tickets
  (id, kind, performance, digest, status, uses, entrances, label, change, created)
  select id, 'regular', ?, digest, status, uses, entrances, label, ? + n, ? from import_rows
  order by n`;

/** Makes the staging table on the writing connection; one at a time. */
export async function openStaging(store: Store): Promise<Staging> {
  await store.batch(() => {
    store.prepare('drop table if exists temp.import_rows').run();
    store.prepare(TABLE).run();
  });
  const insert = store.prepare(
    `insert into import_rows (row, id, digest, status, uses, entrances, label)
     values (?, ?, ?, ?, ?, ?, ?)`,
  );
  return {
    add: (rows) =>
      store.batch(() => {
        for (const { row, id, digest, status, uses, entrances, label } of rows) {
          insert.run(row, id, digest, status, uses, entrances, label);
        }
      }),
    known: (limit) =>
      store.batch(() => {
        const count = store.prepare(`select count(*) as total from ${KNOWN}`).get();
        const rows = store.prepare(`select i.row from ${KNOWN} order by i.row limit ?`).all(limit);
        return {
          rows: rows.map((found) => (found as { row: number }).row),
          total: (count as { total: number }).total,
        };
      }),
    move: (performance, created, also) =>
      store.batch(() => {
        const counter = store.prepare(`select value from counters where name = 'change'`).get();
        const { value } = counter as { value: number };
        const moved = Number(store.prepare(MOVE).run(performance, value, created).changes);
        store.prepare(`update counters set value = value + ? where name = 'change'`).run(moved);
        also?.(moved);
        return moved;
      }),
    drop: async () => {
      await store.batch(() => store.prepare('drop table if exists temp.import_rows').run());
    },
  };
}
