import type { DeliveryTable, Store } from '../../store/index.ts';
import { rowsOf } from '../rows.ts';

export type DeliveryRow = Omit<DeliveryTable, 'n'>;

/** Who delivered what, how and why; rows are added inside a batch of the store. */
export interface DeliveryLog {
  add(row: DeliveryRow): void;
  ofTicket(ticket: string): DeliveryRow[];
}

export function createDeliveryLog(store: Store): DeliveryLog {
  const insert = store.prepare(
    `insert into deliveries (ticket, performance, order_id, at, how, kind, made_regular, new_code,
     by_whom, reason, lane) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const ofTicket = store.prepareRead('select * from deliveries where ticket = ? order by n');
  return {
    add(row) {
      insert.run(
        ...[row.ticket, row.performance, row.order_id, row.at, row.how, row.kind],
        ...[row.made_regular, row.new_code, row.by_whom, row.reason, row.lane],
      );
    },
    ofTicket: (ticket) => rowsOf(ofTicket, ticket),
  };
}
