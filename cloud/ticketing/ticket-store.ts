import type { Moment, TicketLabel, TicketStatus } from '@gatehouse/protocol';
import type { Insertable, Selectable } from 'kysely';
import type { Also } from '../change-log.ts';
import { nextChange, type Store, type TicketTable } from '../store/index.ts';
import { ticketingError } from './errors.ts';
import { needPerformance, type Performance } from './performance-store.ts';

/** Highest key generation that a secure code can carry. */
export const GENERATION_MAX = 255;

/** A ticket as the API gives it; its code is not kept. */
export interface Ticket {
  readonly id: string;
  readonly kind: 'regular' | 'secure';
  readonly performance: string;
  readonly status: TicketStatus;
  readonly uses: number;
  readonly used: number;
  readonly inside: boolean;
  readonly entrances: readonly string[];
  readonly label: TicketLabel;
  readonly lastUse?: { readonly at: Moment; readonly lane: string };
  /** Secure: 5 bytes, hex, and how often a phone has been bound. */
  readonly handle?: string;
  readonly generation?: number;
  readonly created: Moment;
}

export type NewTicket = Omit<Insertable<TicketTable>, 'change'>;

export interface TicketChanges {
  readonly status?: TicketStatus | undefined;
  readonly uses?: number | undefined;
  readonly entrances?: readonly string[] | undefined;
  readonly label?: TicketLabel | undefined;
}

/** @throws GatehouseError `ticket-code-refused` where the store has the code already */
/** @param also in the same transaction */
export async function addTicket(
  store: Store,
  ticket: NewTicket,
  also?: (id: string) => void,
): Promise<Ticket> {
  return store.db.transaction().execute(async (step) => {
    if (ticket.digest) {
      const known = await step
        .selectFrom('tickets')
        .select('id')
        .where('digest', '=', ticket.digest)
        .executeTakeFirst();
      if (known) throw ticketingError('ticket-code-refused', { reason: 'it is in use' });
    }
    const change = await nextChange(step);
    const row = await step
      .insertInto('tickets')
      .values({ ...ticket, change })
      .returningAll()
      .executeTakeFirstOrThrow();
    also?.(row.id);
    return ticketOf(row);
  });
}

/** Tickets of a performance by id, from after `after` on. */
export async function listTickets(
  store: Store,
  performance: string,
  page: { after?: string | undefined; limit: number; status?: TicketStatus | undefined },
): Promise<Ticket[]> {
  let query = store.read
    .selectFrom('tickets')
    .selectAll()
    .where('performance', '=', performance)
    .where('replaced_by', 'is', null)
    .orderBy('id')
    .limit(page.limit);
  if (page.after !== undefined) query = query.where('id', '>', page.after);
  if (page.status !== undefined) query = query.where('status', '=', page.status);
  return (await query.execute()).map(ticketOf);
}

/** @throws GatehouseError `ticket-unknown` */
export async function findTicket(store: Store, id: string): Promise<Ticket> {
  const row = await store.read
    .selectFrom('tickets')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw ticketingError('ticket-unknown', { id });
  return ticketOf(row);
}

/**
 * Changes a ticket; a status is kept with when and by which change it came.
 * @throws GatehouseError `ticket-unknown`
 */
export async function changeTicket(
  store: Store,
  id: string,
  { status, uses, entrances, label }: TicketChanges,
  now: Moment,
  also?: Also<Ticket>,
): Promise<Ticket> {
  return store.db.transaction().execute(async (step) => {
    const old = await step
      .selectFrom('tickets')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    if (!old) throw ticketingError('ticket-unknown', { id });
    const change = await nextChange(step);
    const row = await step
      .updateTable('tickets')
      .set({
        ...(status === undefined ? {} : { status }),
        ...(uses === undefined ? {} : { uses }),
        ...(entrances === undefined ? {} : { entrances: JSON.stringify(entrances) }),
        ...(label === undefined ? {} : { label: JSON.stringify(label) }),
        change,
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
    if (row.status !== old.status) {
      const { status: after } = row;
      const kept = { ticket: id, change, at: now, before: old.status, after };
      await step.insertInto('ticket_statuses').values(kept).execute();
    }
    also?.(ticketOf(old), ticketOf(row));
    return ticketOf(row);
  });
}

/**
 * Binds a phone's public key to a secure ticket as its next generation; the older ones no longer
 * admit. The same key again changes nothing, so that a lost answer can be asked for once more.
 * @param language what the guest reads on that phone; lanes speak it then
 * @throws GatehouseError `ticket-unknown`, `ticket-not-secure`, `key-generations-used-up`
 */
export async function bindKey(
  store: Store,
  id: string,
  spki: Uint8Array,
  now: Moment,
  language?: string,
): Promise<{ handle: string; generation: number; performance: Performance }> {
  return store.db.transaction().execute(async (step) => {
    const ticket = await step
      .selectFrom('tickets')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    if (!ticket) throw ticketingError('ticket-unknown', { id });
    if (ticket.handle === null) throw ticketingError('ticket-not-secure');
    const current = await step
      .selectFrom('ticket_keys')
      .select('spki')
      .where('ticket', '=', id)
      .where('generation', '=', ticket.generation)
      .executeTakeFirst();
    const performance = await needPerformance(step, ticket.performance);
    const { handle } = ticket;
    if (current && Buffer.from(current.spki).equals(spki)) {
      return { handle, generation: ticket.generation, performance };
    }
    const generation = ticket.generation + 1;
    if (generation > GENERATION_MAX) throw ticketingError('key-generations-used-up');
    const change = await nextChange(step);
    await step
      .insertInto('ticket_keys')
      .values({ ticket: id, generation, spki, created: now, change })
      .execute();
    const spoken = language === undefined ? {} : { label: speaking(ticket.label, language) };
    const bound = { generation, change, ...spoken };
    await step.updateTable('tickets').set(bound).where('id', '=', id).execute();
    return { handle, generation, performance };
  });
}

/** Has lanes speak another language to tickets; those that carry it already stay as they are. */
export async function speakTo(
  store: Store,
  ids: readonly string[],
  language: string,
): Promise<void> {
  await store.db.transaction().execute(async (step) => {
    const rows = await step
      .selectFrom('tickets')
      .select(['id', 'label'])
      .where('id', 'in', ids)
      .execute();
    for (const { id, label } of rows) {
      const next = speaking(label, language);
      if (next === label) continue;
      const change = await nextChange(step);
      await step.updateTable('tickets').set({ label: next, change }).where('id', '=', id).execute();
    }
  });
}

function speaking(label: string, language: string): string {
  return JSON.stringify({ ...JSON.parse(label), language });
}

function ticketOf(row: Selectable<TicketTable>): Ticket {
  return {
    id: row.id,
    kind: row.kind,
    performance: row.performance,
    status: row.status,
    uses: row.uses,
    used: row.used,
    inside: row.inside > 0,
    entrances: JSON.parse(row.entrances),
    label: JSON.parse(row.label),
    ...(row.last_use_at === null || row.last_use_lane === null
      ? {}
      : { lastUse: { at: row.last_use_at, lane: row.last_use_lane } }),
    ...(row.handle === null ? {} : { handle: row.handle, generation: row.generation }),
    created: row.created,
  };
}
