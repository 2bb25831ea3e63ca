import type { Moment } from '@gatehouse/protocol';
import type { BasketTable, Store } from '../../store/index.ts';
import { rowOf } from '../rows.ts';
import { saleError } from '../sale-errors.ts';

/** Baskets on disk; what writes runs inside a batch of the store. */
export interface BasketStore {
  /** One that can still be ordered. @throws GatehouseError `basket-unknown` */
  alive(digest: string, now: Moment, reader?: 'batch'): BasketTable;
  find(digest: string): BasketTable | undefined;
  add(basket: Omit<BasketTable, 'ordered'>): void;
  /** Whose it is: the account, and the number that its tickets will be bound to. */
  bind(digest: string, account: string | null, phone: string): void;
  remove(digest: string): void;
  /** Those whose time was over by then. */
  forget(until: Moment): void;
}

const FIND = 'select * from baskets where digest = ?';

export function createBasketStore(store: Store): BasketStore {
  const read = store.prepareRead(FIND);
  const find = store.prepare(FIND);
  const insert = store.prepare('insert into baskets values (?, ?, ?, ?, ?, null, ?)');
  const bind = store.prepare('update baskets set account = ?, phone = ? where digest = ?');
  const remove = store.prepare('delete from baskets where digest = ?');
  const forget = store.prepare('delete from baskets where until < ?');
  return {
    alive(digest, now, reader) {
      const basket = rowOf<BasketTable>(reader ? find : read, digest);
      if (!basket || basket.until <= now || basket.ordered !== null) {
        throw saleError('basket-unknown');
      }
      return basket;
    },
    find: (digest) => rowOf(find, digest),
    add: ({ digest, account, phone, channel, until, created }) =>
      void insert.run(digest, account, phone, channel, until, created),
    bind: (digest, account, phone) => void bind.run(account, phone, digest),
    remove: (digest) => void remove.run(digest),
    forget: (until) => void forget.run(until),
  };
}
