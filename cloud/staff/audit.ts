import type { Moment } from '@gatehouse/protocol';
import type { Transaction } from 'kysely';
import type { Change, ChangeLog, Who } from '../change-log.ts';
import type { Clock, Tenant } from '../ports.ts';
import type { Database, Store } from '../store/index.ts';

export interface Audited extends Required<Omit<Change, 'subject'>> {
  readonly n: number;
  readonly at: Moment;
  readonly who: string;
  readonly whoName: string;
  readonly subject: string | null;
}

/** Who changed what and when. Only ever grows. */
export interface Audit extends ChangeLog {
  /** @param step the transaction of the change, so that neither is there without the other */
  write(who: Who, change: Change, step?: Transaction<Database>): Promise<void>;
  /** Newest first, before a number if one is given. */
  list(query: { limit: number; before?: number; subject?: string }): Promise<Audited[]>;
}

export function createAudit(parts: { store: Store; clock: Clock; tenant: Tenant }): Audit {
  const { store, clock, tenant } = parts;
  const note = store.prepare(
    'insert into audit (tenant, at, who, who_name, what, subject, details) values (?,?,?,?,?,?,?)',
  );
  return {
    note({ id, name }, { what, subject = null, details = {} }) {
      note.run(tenant.id, clock.now(), id, name, what, subject, JSON.stringify(details));
    },
    async write({ id, name }, { what, subject, details }, step) {
      await (step ?? store.db)
        .insertInto('audit')
        .values({
          ...{ tenant: tenant.id, at: clock.now(), who: id, who_name: name, what },
          subject: subject ?? null,
          details: JSON.stringify(details ?? {}),
        })
        .execute();
    },
    async list({ limit, before, subject }) {
      let query = store.read
        .selectFrom('audit')
        .selectAll()
        .where('tenant', '=', tenant.id)
        .orderBy('n', 'desc')
        .limit(limit);
      if (before !== undefined) query = query.where('n', '<', before);
      if (subject !== undefined) query = query.where('subject', '=', subject);
      const rows = await query.execute();
      return rows.map(({ n, at, who, who_name, what, subject: of, details }) => ({
        ...{ n, at, who, whoName: who_name, what, subject: of },
        details: JSON.parse(details) as Record<string, unknown>,
      }));
    },
  };
}
