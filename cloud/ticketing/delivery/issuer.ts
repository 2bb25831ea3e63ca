import type { Moment, TicketLabel, TicketStatus } from '@gatehouse/protocol';
import type { Selectable } from 'kysely';
import type { Random } from '../../ports.ts';
import type { Store, TicketTable } from '../../store/index.ts';
import { newHandle, newTicketId } from '../ids.ts';
import { rowOf } from '../rows.ts';
import type { Ticketing } from '../ticketing.ts';
import type { CodeKey } from './code-key.ts';

export type TicketRecord = Selectable<TicketTable>;

export interface NewOrderTicket {
  readonly performance: string;
  readonly secure: boolean;
  /** E.164; only beside a secure ticket (S2). */
  readonly phone: string | null;
  readonly label: TicketLabel;
  readonly delivered: string;
}

/** Makes tickets and gives them new codes; everything runs inside a batch of the store. */
export interface Issuer {
  make(ticket: NewOrderTicket, now: Moment): string;
  /**
   * Gives a ticket a new code; a secure one becomes regular. The ticket stays the same, uses and
   * open grants with it (B4). What it was read by until now stays behind as a cancelled row, so
   * that every gateway hears that this code is dead.
   */
  renew(ticket: TicketRecord, now: Moment): void;
  status(ticket: TicketRecord, status: TicketStatus, now: Moment): void;
  delivered(ticket: string, how: string): void;
  find(ticket: string): TicketRecord | undefined;
}

const CHANGE = `update counters set value = value + 1 where name = 'change' returning value`;
const COLUMNS = `id, kind, performance, digest, handle, generation, status, uses, burnt, label,
  change, created, phone, issue, delivered, replaced_by, entrances`;

export function createIssuer(parts: {
  store: Store;
  ticketing: Ticketing;
  random: Random;
  key: CodeKey;
}): Issuer {
  const { store, ticketing, random, key } = parts;
  const change = store.prepare(CHANGE);
  const next = () => (change.get() as { value: number }).value;
  const find = store.prepare('select * from tickets where id = ?');
  const insert = store.prepare(
    `insert into tickets (${COLUMNS}) values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
  );
  const renewed = store.prepare(
    `update tickets set kind = 'regular', digest = ?, handle = null, generation = 0, burnt = null,
     phone = null, issue = ?, change = ? where id = ?`,
  );
  const keys = store.prepare('update ticket_keys set ticket = ? where ticket = ?');
  const setStatus = store.prepare('update tickets set status = ?, change = ? where id = ?');
  const keepStatus = store.prepare('insert into ticket_statuses values (?, ?, ?, ?, ?)');
  const setDelivered = store.prepare('update tickets set delivered = ? where id = ?');
  const digestOf = (id: string, issue: number) => ticketing.digest(key.ticketCode(id, issue));

  return {
    make({ performance, secure, phone, label, delivered }, now) {
      const id = newTicketId(random);
      const names = secure ? [null, newHandle(random)] : [digestOf(id, 1), null];
      insert.run(
        ...[id, secure ? 'secure' : 'regular', performance, ...names, 0, 'valid', 1, null],
        ...[JSON.stringify(label), next(), now, secure ? phone : null, secure ? null : 1],
        ...[delivered, null, '[]'],
      );
      return id;
    },
    renew(old, now) {
      const issue = (old.issue ?? 0) + 1;
      renewed.run(digestOf(old.id, issue), issue, next(), old.id);
      const grave = newTicketId(random);
      insert.run(
        ...[grave, old.kind, old.performance, old.digest, old.handle, old.generation],
        ...[
          'cancelled',
          old.uses,
          old.burnt,
          old.label,
          next(),
          now,
          old.phone,
          null,
          null,
          old.id,
        ],
        old.entrances,
      );
      // It keeps the number, so that an open portal page hears that its ticket has gone.
      // Proofs of passages from before, still on their way here, are checked with these.
      keys.run(grave, old.id);
    },
    status(old, status, now) {
      if (old.status === status) return;
      const value = next();
      setStatus.run(status, value, old.id);
      keepStatus.run(old.id, value, now, old.status, status);
    },
    delivered: (ticket, how) => void setDelivered.run(how, ticket),
    find: (ticket) => rowOf<TicketRecord>(find, ticket),
  };
}
