import { sql, type Transaction } from 'kysely';
import type { PhoneChange } from '../../guests/index.ts';
import type { Mail } from '../../mail/index.ts';
import type { Clock, Log } from '../../ports.ts';
import type { Database, Store } from '../../store/index.ts';
import { masked } from '../box-office/search.ts';

type Step = Transaction<Database>;

/** Orders kept without their guest have the number removed in rounds of so many. */
const FORGOTTEN_MAX = 100;

export interface AccountOrdersParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly mail: Pick<Mail, 'queueIn'>;
}

/** What becomes of orders when something happens to their account. */
export interface AccountOrders {
  /** Tickets stay on the number they were bound to (S2); the guest is told which ones. */
  phoneChanged(step: Step, change: PhoneChange): Promise<void>;
  /** The account goes: amounts, seats and order numbers are kept, the guest is not. */
  forget(step: Step, account: string): Promise<void>;
  /** Inside a batch: removes numbers of forgotten orders whose performances are over. */
  sweep(): void;
}

export function createAccountOrders(parts: AccountOrdersParts): AccountOrders {
  const { store, clock, log, mail } = parts;
  const over = store.prepare(
    `select o.id from orders o where o.forgotten is not null and o.phone is not null
     and o.state not in ('option', 'awaiting-payment') and not exists (
       select 1 from order_items i join performances p on p.id = i.performance
       where i.order_id = o.id and coalesce(p.ends, p.starts) >= ?) limit ${FORGOTTEN_MAX}`,
  );
  const offTickets = store.prepare(
    `update tickets set phone = null where phone is not null and (
       id in (select ticket from order_items where order_id = ?1)
       or replaced_by in (select ticket from order_items where order_id = ?1))`,
  );
  const offOrder = store.prepare('update orders set phone = null where id = ?');
  return {
    async phoneChanged(step, { account, from, to, at }) {
      const { id, email, name, language } = account;
      const blijvend = await staying(step, id, to, at);
      try {
        await mail.queueIn(step, {
          ...{ to: email, template: 'phone-changed', language },
          data: {
            gast: { naam: name ?? '', email },
            wijziging: { oud: masked(from), nieuw: to === null ? '–' : masked(to), op: at },
            ...{ heeftSecureTickets: blijvend.length > 0, blijvend },
          },
          key: `phone-changed:${id}:${at}`,
        });
      } catch (fault) {
        // A full outbox must not keep a guest from changing the number.
        log.error({ code: (fault as { code?: string }).code }, 'no mail for a changed number');
      }
    },
    async forget(step, account) {
      await step
        .updateTable('orders')
        .set({ name: '', email: '', contact_phone: '', note: '', account: null })
        .set({ forgotten: clock.now() })
        .where('account', '=', account)
        .execute();
      await step
        .updateTable('baskets')
        .set({ account: null, phone: null })
        .where('account', '=', account)
        .execute();
    },
    sweep() {
      for (const { id } of over.all(clock.now()) as { id: string }[]) {
        offTickets.run(id);
        offOrder.run(id);
      }
    },
  };
}

/** Secure tickets to come of an account that are on another number than its new one. */
async function staying(step: Step, account: string, to: string | null, now: number) {
  const rows = await step
    .selectFrom('order_items as i')
    .innerJoin('orders as o', 'o.id', 'i.order_id')
    .innerJoin('performances as p', 'p.id', 'i.performance')
    .innerJoin('productions as t', 't.id', 'p.production')
    .select(['o.phone', 't.title', 'p.hall', 'p.starts'])
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('o.account', '=', account)
    .where('o.state', 'in', ['option', 'awaiting-payment', 'confirmed'])
    .where('i.state', '=', 'active')
    .where('i.secure', '=', 1)
    .where(sql<boolean>`coalesce(p.ends, p.starts) >= ${now}`)
    .where('o.phone', 'is not', null)
    .groupBy(['o.phone', 'p.id'])
    .orderBy('p.starts')
    .execute();
  return rows
    .filter(({ phone }) => phone !== to)
    .map(({ phone, title, hall, starts, count }) => ({
      ...{ nummer: masked(phone ?? ''), titel: title, zaal: hall },
      ...{ aanvang: starts, aantal: count },
    }));
}
