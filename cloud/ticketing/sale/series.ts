import type { Moment } from '@gatehouse/protocol';
import type { Also } from '../../change-log.ts';
import type { Clock, Random } from '../../ports.ts';
import type { Store } from '../../store/index.ts';
import { findPerformance } from '../performance-store.ts';
import { numberOf, rowOf, rowsOf } from '../rows.ts';
import { saleError } from '../sale-errors.ts';
import type { Sales } from './sales.ts';

export const SERIES_MAX = 1_000;

/** Performances that belong together (P6). */
export interface Series {
  readonly id: string;
  readonly name: string;
  /** The performance whose settings a new one starts from. */
  readonly pattern: string;
}

export interface SeriesPerformance {
  readonly id: string;
  readonly title: string;
  readonly starts: Moment;
  readonly open: boolean;
}

export interface SeriesRoom {
  list(): (Series & { performances: number })[];
  /** @throws GatehouseError `series-unknown` */
  find(id: string): Series & { performances: SeriesPerformance[] };
  /** @throws GatehouseError `performance-unknown`, `series-name-taken`, `series-too-many` */
  add(name: string, pattern: string, also?: (id: string) => void): Promise<Series>;
  /** @throws GatehouseError `series-unknown`, `series-name-taken`, `series-pattern-outside` */
  change(
    id: string,
    change: { name?: string; pattern?: string },
    also?: Also<Series>,
  ): Promise<void>;
  /** Its performances stay, in no series. @throws GatehouseError `series-unknown` */
  remove(id: string, also?: (old: Series) => void): Promise<void>;
  /** A new performance with the settings of the pattern. @throws GatehouseError `series-unknown` */
  perform(id: string, starts: Moment, also?: (copy: string) => void): Promise<{ id: string }>;
}

const ONE = 'select id, name, pattern from series where id = ?';

export function createSeries(parts: {
  store: Store;
  sales: Sales;
  clock: Clock;
  random: Random;
}): SeriesRoom {
  const { store, sales, clock, random } = parts;
  const one = { read: store.prepareRead(ONE), batch: store.prepare(ONE) };
  const all = store.prepareRead(
    `select s.id, s.name, s.pattern, count(p.performance) as performances from series s
     left join performance_sales p on p.series = s.id group by s.id order by s.name`,
  );
  const inside = store.prepareRead(
    `select p.id, o.title, p.starts, s.open from performance_sales s
     join performances p on p.id = s.performance join productions o on o.id = p.production
     where s.series = ? order by p.starts`,
  );
  const insert = store.prepare('insert into series values (?, ?, ?, ?)');
  const named = store.prepare('select 1 from series where name = ? and id <> ?');
  const need = (id: string, reader?: 'batch') => {
    const row = rowOf<Series>(reader ? one.batch : one.read, id);
    if (!row) throw saleError('series-unknown', { id });
    return row;
  };
  const needName = (name: string, id: string) => {
    if (named.get(name, id)) throw saleError('series-name-taken', { name });
  };
  return {
    list: () => rowsOf(all),
    find: (id) => ({ ...need(id), performances: rowsOf<InsideRow>(inside, id).map(insideOf) }),
    async add(name, pattern, also) {
      await findPerformance(store, pattern);
      const id = Buffer.from(random(8)).toString('hex');
      await store.batch(() => {
        needName(name, id);
        if (numberOf(store.prepare('select count(*) from series')) >= SERIES_MAX) {
          throw saleError('series-too-many', { max: SERIES_MAX });
        }
        insert.run(id, name, pattern, clock.now());
        also?.(id);
      });
      await sales.change(pattern, { series: id });
      return { id, name, pattern };
    },
    async change(id, change, also) {
      await store.batch(() => {
        const old = need(id, 'batch');
        const { name, pattern } = { ...old, ...change };
        needName(name, id);
        if (pattern !== old.pattern && sales.store.find(pattern, 'batch')?.series !== id) {
          throw saleError('series-pattern-outside');
        }
        store
          .prepare('update series set name = ?, pattern = ? where id = ?')
          .run(name, pattern, id);
        also?.(old, { id, name, pattern });
      });
    },
    async remove(id, also) {
      await store.batch(() => {
        also?.(need(id, 'batch'));
        store.prepare('update performance_sales set series = null where series = ?').run(id);
        store.prepare('delete from series where id = ?').run(id);
      });
    },
    perform: async (id, starts, also) => sales.duplicate(need(id).pattern, starts, id, also),
  };
}

type InsideRow = Omit<SeriesPerformance, 'open'> & { readonly open: number };
const insideOf = (row: InsideRow): SeriesPerformance => ({ ...row, open: row.open === 1 });
