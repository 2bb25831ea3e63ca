import type { Moment, TicketLabel, TicketStatus } from '@gatehouse/protocol';
import type { Store } from '../../store/index.ts';
import { rowsOf } from '../rows.ts';
import { CODE_BEFORE_MINUTES, LIST_BEFORE_MINUTES } from '../sale/sale.ts';

const MINUTE_MS = 60_000;

/** A secure ticket of a number, with all that rules S5 to S7 and S14 to S16 go by. */
export interface PhoneTicket {
  readonly id: string;
  /** Given to a phone only inside the window of its code (S6). */
  readonly handle: string;
  readonly generation: number;
  readonly status: TicketStatus;
  readonly used: number;
  readonly uses: number;
  readonly inside: boolean;
  readonly lastUse: Moment | null;
  readonly label: TicketLabel;
  readonly order: string | null;
  readonly performance: {
    readonly id: string;
    readonly title: string;
    readonly hall: string;
    readonly starts: Moment;
    readonly ends: Moment | null;
    readonly saleUntil: Moment | null;
    readonly reEntry: boolean;
    /** How long before the start the ticket is listed (S5) and its code shows (S6), in ms. */
    readonly listBefore: number;
    readonly codeBefore: number;
  };
}

interface Row {
  readonly id: string;
  readonly handle: string;
  readonly generation: number;
  readonly status: TicketStatus;
  readonly used: number;
  readonly uses: number;
  readonly inside: number;
  readonly last_use_at: number | null;
  readonly label: string;
  readonly number: string | null;
  readonly performance: string;
  readonly title: string;
  readonly hall: string;
  readonly starts: number;
  readonly ends: number | null;
  readonly sale_until: number | null;
  readonly re_entry: number;
  readonly list_before: number;
  readonly code_before: number;
}

/**
 * The secure tickets bound to a number (S2), by start.
 * @param store read on the second connection, in one snapshot
 * @returns for an E.164 number its tickets of performances that start after `from`
 */
export function createPhoneTickets(store: Store): (phone: string, from: Moment) => PhoneTicket[] {
  const find = store.prepareRead(
    `select t.*, p.hall, p.starts, p.ends, p.re_entry, o.title, s.sale_until, r.number,
     coalesce(s.list_before_minutes, ${LIST_BEFORE_MINUTES}) as list_before,
     coalesce(s.code_before_minutes, ${CODE_BEFORE_MINUTES}) as code_before
     from tickets t join performances p on p.id = t.performance
     join productions o on o.id = p.production
     left join performance_sales s on s.performance = p.id
     left join order_items i on i.ticket = t.id left join orders r on r.id = i.order_id
     where t.phone = ? and t.kind = 'secure' and t.replaced_by is null and p.starts >= ?
     order by p.starts, i.position, t.id`,
  );
  return (phone, from) => rowsOf<Row>(find, phone, from).map(ticketOf);
}

function ticketOf(row: Row): PhoneTicket {
  const { id, handle, generation, status, used, uses, title, hall, starts, ends } = row;
  return {
    ...{ id, handle, generation, status, used, uses },
    inside: row.inside === 1,
    lastUse: row.last_use_at,
    label: JSON.parse(row.label),
    order: row.number,
    performance: {
      ...{ id: row.performance, title, hall, starts, ends },
      saleUntil: row.sale_until,
      reEntry: row.re_entry === 1,
      listBefore: row.list_before * MINUTE_MS,
      codeBefore: row.code_before * MINUTE_MS,
    },
  };
}
