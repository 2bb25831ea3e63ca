import type { Moment } from '@gatehouse/protocol';
import { z } from 'zod';
import type { Random } from '../../ports.ts';
import type { ExtraTable, Store } from '../../store/index.ts';
import { numberOf, rowOf, rowsOf } from '../rows.ts';
import { saleError } from '../sale-errors.ts';
import type { Charge } from './prices.ts';

const EXTRAS_MAX = 30;
const COUNT_MAX = 50;

export const NewExtra = z.strictObject({
  id: z.string().max(64).optional().describe('of one that is there already'),
  name: z.string().trim().min(1).max(100),
  cents: z.number().int().min(0).max(1_000_000).describe('of one, in whole cents'),
  most: z.number().int().min(1).max(COUNT_MAX).default(10).describe('in one order'),
  stock: z.number().int().min(0).max(1_000_000).nullable().default(null).describe('of all orders'),
});
export const NewExtras = z.strictObject({ extras: z.array(NewExtra).max(EXTRAS_MAX) });
export const ExtrasView = z.object({ extras: z.array(NewExtra.extend({ id: z.string() })) });
export const ExtraWish = z.strictObject({
  extra: z.string().max(64),
  count: z.number().int().min(0).max(COUNT_MAX).describe('0 takes it out again'),
});

/** Sold along with tickets (P7): a programme booklet, a drink. */
export type Extra = Omit<ExtraTable, 'position'>;

/** So many of one extra, at the price of the moment at which they went in. */
export interface ExtraLine {
  readonly extra: string;
  readonly performance: string;
  readonly name: string;
  readonly count: number;
  readonly cents: number;
}

/** What is sold along; all that writes runs inside a batch of the store. */
export interface Extras {
  of(performance: string): Extra[];
  put(performance: string, list: readonly z.infer<typeof NewExtra>[], random: Random): void;
  /** How many more may be ordered; `null` where nothing limits them. */
  left(extra: string, now: Moment, reader?: 'batch'): number | null;
  ofBasket(basket: string, reader?: 'batch'): ExtraLine[];
  /**
   * So many of it are in the basket from now on.
   * @param performances of the tickets in the basket: an extra is sold along with one of them
   * @throws GatehouseError `extra-unknown`, `extra-maximum`, `extra-gone`
   */
  set(
    basket: string,
    wish: z.infer<typeof ExtraWish>,
    performances: ReadonlySet<string>,
    now: Moment,
  ): void;
  /** Of staff, without a basket. @throws as `set` */
  line(wish: z.infer<typeof ExtraWish>, performances: ReadonlySet<string>, now: Moment): ExtraLine;
  /** Takes out what no ticket of the basket goes with any more. */
  prune(basket: string, performances: ReadonlySet<string>): void;
}

/** In orders and baskets whose time is not over. */
const TAKEN = `select
  (select coalesce(sum(c.count), 0) from order_charges c join orders o on o.id = c.order_id
    where c.extra = ?1 and o.state in ('option', 'awaiting-payment', 'confirmed')
    and (o.expires is null or o.expires > ?2))
  + (select coalesce(sum(e.count), 0) from basket_extras e join baskets b on b.digest = e.basket
    where e.extra = ?1 and b.until > ?2)`;
const OF_BASKET = `select e.extra, e.count, e.cents, x.performance, x.name from basket_extras e
  join extras x on x.id = e.extra where e.basket = ? order by x.position`;

export function createExtras(store: Store): Extras {
  const ONE = 'select * from extras where id = ?';
  const one = { read: store.prepareRead(ONE), batch: store.prepare(ONE) };
  const taken = { read: store.prepareRead(TAKEN), batch: store.prepare(TAKEN) };
  const basket = { read: store.prepareRead(OF_BASKET), batch: store.prepare(OF_BASKET) };
  const all = store.prepareRead('select * from extras where performance = ? order by position');
  const remove = store.prepare('delete from basket_extras where basket = ? and extra = ?');
  const insert = store.prepare('insert or replace into basket_extras values (?, ?, ?, ?)');
  const left: Extras['left'] = (id, now, reader) => {
    const extra = rowOf<ExtraTable>(reader ? one.batch : one.read, id);
    if (!extra) return 0;
    if (extra.stock === null) return null;
    return Math.max(0, extra.stock - numberOf(reader ? taken.batch : taken.read, id, now));
  };
  const line: Extras['line'] = ({ extra: id, count }, performances, now) => {
    const extra = rowOf<ExtraTable>(one.batch, id);
    if (!extra || !performances.has(extra.performance)) throw saleError('extra-unknown');
    if (count > extra.most) throw saleError('extra-maximum', { max: extra.most });
    const free = left(id, now, 'batch');
    if (free !== null && free < count) throw saleError('extra-gone', { left: free });
    const { performance, name, cents } = extra;
    return { extra: id, performance, name, count, cents };
  };
  const ofBasket: Extras['ofBasket'] = (digest, reader) =>
    rowsOf(reader ? basket.batch : basket.read, digest);
  return {
    of: (performance) => rowsOf<ExtraTable>(all, performance).map(({ position, ...row }) => row),
    put: (performance, list, random) => put(store, performance, list, random),
    left,
    line,
    ofBasket,
    set(digest, wish, performances, now) {
      remove.run(digest, wish.extra);
      const { extra, count, cents } = line(wish, performances, now);
      if (count > 0) insert.run(digest, extra, count, cents);
    },
    prune(digest, performances) {
      for (const { extra, performance } of ofBasket(digest, 'batch')) {
        if (!performances.has(performance)) remove.run(digest, extra);
      }
    },
  };
}

/** What is left out goes, out of baskets as well; orders keep their line. */
function put(
  store: Store,
  performance: string,
  list: readonly z.infer<typeof NewExtra>[],
  random: Random,
): void {
  const known = rowsOf<ExtraTable>(
    store.prepare('select * from extras where performance = ?'),
    performance,
  );
  for (const { id } of known.filter((old) => !list.some((one) => one.id === old.id))) {
    store.prepare('delete from extras where id = ?').run(id);
  }
  const upsert = store.prepare(
    `insert into extras values (?, ?, ?, ?, ?, ?, ?) on conflict (id) do update set
     name = excluded.name, cents = excluded.cents, most = excluded.most,
     stock = excluded.stock, position = excluded.position`,
  );
  for (const [position, { name, cents, most, stock, ...one }] of list.entries()) {
    const id = known.find((old) => old.id === one.id)?.id ?? Buffer.from(random(8)).toString('hex');
    upsert.run(id, performance, name, cents, most, stock, position);
  }
}

/** How an extra stands among surcharges in an order and its mails. */
export function chargeOf({ extra, name, count, cents }: ExtraLine): Charge {
  return { name: count === 1 ? name : `${count} × ${name}`, cents: count * cents, extra, count };
}
