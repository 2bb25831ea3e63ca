import type { OrderTable, Store } from '../../store/index.ts';
import { rowsOf } from '../rows.ts';

const FOUND_MAX = 50;

/** An order in a list for staff; the number it is bound to is shown masked. */
export interface FoundOrder
  extends Pick<OrderTable, 'id' | 'number' | 'name' | 'email' | 'state' | 'created' | 'total'> {
  /** Shows a lock (S10). */
  readonly secure: boolean;
  readonly phone: string | null;
  /** Those that have not been given back. */
  readonly tickets: number;
}

/** Finds orders by number, name, e-mail address or phone number, newest first. */
export function createSearch(store: Store): (text: string, performance?: string) => FoundOrder[] {
  const find = store.prepareRead(
    `select o.*, sum(i.state = 'active') as tickets, max(i.secure) as secure from orders o
     join order_items i on i.order_id = o.id
     where (o.number = ?1 or lower(o.email) = lower(?1)
       or o.name like ?2 escape '\\' or (length(?3) >= 6 and
       (replace(replace(o.phone, '+', ''), ' ', '') like ?4
        or replace(replace(replace(o.contact_phone, '+', ''), ' ', ''), '-', '') like ?4)))
     and (?5 is null or i.performance = ?5)
     group by o.id order by o.created desc limit ?6`,
  );
  return (text, performance) => {
    const escaped = text.replace(/[\\%_]/g, (sign) => `\\${sign}`);
    const digits = text.replace(/\D/g, '').replace(/^0+/, '');
    const values = [text, `%${escaped}%`, digits, `%${digits}`, performance ?? null, FOUND_MAX];
    return rowsOf<OrderTable & { tickets: number; secure: number }>(find, ...values).map((row) => {
      const { id, number, name, email, state, created, total, tickets } = row;
      const phone = row.phone === null ? null : masked(row.phone);
      const secure = row.secure === 1;
      return { id, number, name, email, state, created, total, tickets, secure, phone };
    });
  };
}

/** `+31 … 78`. */
export function masked(phone: string): string {
  return `${phone.slice(0, 3)} … ${phone.slice(-2)}`;
}
