import type { Moment, TicketLabel } from '@gatehouse/protocol';
import type { Selectable } from 'kysely';
import type { PortalSessionTable, Store } from '../store/index.ts';
import {
  type PortalWindow,
  portalWindow,
  STAYS_AFTER_START_MS,
  type TicketUses,
} from './windows.ts';

export type SessionRow = Selectable<PortalSessionTable>;

/** A number's ticket with all that decides what its phone may show. */
export interface HeldTicket {
  readonly id: string;
  readonly handle: string;
  readonly generation: number;
  readonly status: 'valid' | 'blocked';
  readonly uses: TicketUses;
  readonly usedAt: Moment | null;
  readonly label: TicketLabel;
  /** The key that the gate accepts now. */
  readonly spki: Uint8Array | null;
  readonly performance: {
    readonly id: string;
    readonly title: string;
    readonly hall: string;
    readonly starts: Moment;
    readonly ends: Moment | null;
  };
  readonly window: PortalWindow;
}

export interface PortalStore {
  /** Secure tickets of a number that have not left the portal yet, by start. */
  ticketsOf(phone: string, now: Moment): HeldTicket[];
  /** Numbers whose tickets have changed after that change. */
  changedAfter(change: number): string[];
  session(digest: string): SessionRow | undefined;
  /** Lets a phone in and everything else of its number out. */
  enter(session: Omit<SessionRow, 'keys' | 'taken_over'>): Promise<void>;
  extend(digest: string, expires: Moment): Promise<void>;
  setKey(digest: string, spki: Uint8Array): Promise<void>;
  leave(digest: string): Promise<void>;
  prune(before: Moment): Promise<void>;
}

const TICKETS = `
  select t.id, t.handle, t.generation, t.status, t.uses, t.used, t.inside, t.label, t.last_use_at,
    k.spki, p.id as performance, productions.title, p.hall, p.starts, p.ends, p.re_entry,
    s.sale_until, s.list_before_minutes, s.code_before_minutes
  from tickets t
  join performances p on p.id = t.performance
  join productions on productions.id = p.production
  left join performance_sales s on s.performance = p.id
  left join ticket_keys k on k.ticket = t.id and k.generation = t.generation
  where t.phone = ? and t.kind = 'secure' and t.handle is not null and t.replaced_by is null
    and t.status in ('valid', 'blocked')
    and coalesce(s.sale_until, p.ends, p.starts + ${STAYS_AFTER_START_MS}) > ?
  order by p.starts, p.id, t.id`;

interface TicketRow {
  id: string;
  handle: string;
  generation: number;
  status: 'valid' | 'blocked';
  uses: number;
  used: number;
  inside: number;
  label: string;
  last_use_at: number | null;
  spki: Uint8Array | null;
  performance: string;
  title: string;
  hall: string;
  starts: number;
  ends: number | null;
  re_entry: number;
  sale_until: number | null;
  list_before_minutes: number | null;
  code_before_minutes: number | null;
}

export function createPortalStore(store: Store): PortalStore {
  const tickets = store.prepareRead(TICKETS);
  const changed = store.prepareRead(
    'select distinct phone from tickets where change > ? and phone is not null',
  );
  const session = store.prepareRead('select * from portal_sessions where digest = ?');
  return {
    ticketsOf: (phone, now) => (tickets.all(phone, now) as unknown as TicketRow[]).map(heldOf),
    changedAfter: (change) => changed.all(change).map((row) => String(row.phone)),
    session: (digest) => session.get(digest) as SessionRow | undefined,
    async enter(row) {
      await store.db.transaction().execute(async (step) => {
        await step
          .updateTable('portal_sessions')
          .set({ taken_over: row.created })
          .where('phone', '=', row.phone)
          .where('taken_over', 'is', null)
          .execute();
        await step
          .insertInto('portal_sessions')
          .values({ ...row, taken_over: null })
          .execute();
      });
    },
    async extend(digest, expires) {
      await store.db
        .updateTable('portal_sessions')
        .set({ expires })
        .where('digest', '=', digest)
        .execute();
    },
    async setKey(digest, spki) {
      await store.db
        .updateTable('portal_sessions')
        .set(({ eb }) => ({ spki, keys: eb('keys', '+', 1) }))
        .where('digest', '=', digest)
        .execute();
    },
    async leave(digest) {
      await store.db.deleteFrom('portal_sessions').where('digest', '=', digest).execute();
    },
    async prune(before) {
      await store.db.deleteFrom('portal_sessions').where('expires', '<', before).execute();
    },
  };
}

function heldOf(row: TicketRow): HeldTicket {
  return {
    id: row.id,
    handle: row.handle,
    generation: row.generation,
    status: row.status,
    uses: {
      uses: row.uses,
      used: row.used,
      inside: row.inside > 0,
      reEntry: row.re_entry === 1,
    },
    usedAt: row.last_use_at,
    label: JSON.parse(row.label),
    spki: row.spki,
    performance: {
      id: row.performance,
      title: row.title,
      hall: row.hall,
      starts: row.starts,
      ends: row.ends,
    },
    window: portalWindow({
      starts: row.starts,
      ends: row.ends,
      saleUntil: row.sale_until,
      listBeforeMinutes: row.list_before_minutes,
      codeBeforeMinutes: row.code_before_minutes,
    }),
  };
}
