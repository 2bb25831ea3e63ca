import type { SaleStore } from '../sale/sale-store.ts';
import type { Addresses } from './order-mail.ts';
import type { Order } from './order-store.ts';

/** An order as its guest sees it; no code and no phone number in it. */
export function orderView(order: Order, sales: SaleStore, addresses: Addresses) {
  const { row, items, charges } = order;
  const secure = items.some((item) => item.secure && item.state === 'active');
  return {
    ...{ id: row.id, number: row.number, state: row.state, delivery: row.delivery },
    ...{ created: row.created, expires: row.expires, secure },
    items: items.map(({ id, performance, label, secure: isSecure, cents, state, ticket }) => {
      const sold = sales.find(performance);
      const shown = { title: sold?.title ?? '', starts: sold?.starts ?? 0 };
      return { id, performance, ...shown, label, secure: isSecure, cents, state, ticket };
    }),
    charges: [...charges],
    total: row.total,
    payment: order.payment,
    portal: secure ? addresses.portal : null,
  };
}
