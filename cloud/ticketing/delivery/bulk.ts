import type { Clock, Log, Random } from '../../ports.ts';
import type { DeliveryJobTable, Store } from '../../store/index.ts';
import { rowOf, rowsOf } from '../rows.ts';
import { saleError } from '../sale-errors.ts';
import { type Deliver, isUsed } from './deliver.ts';
import type { TicketRecord } from './issuer.ts';

/** Tickets in one transaction: few enough that no scan waits for it. */
const STEP = 50;
const PAUSE_MS = 5;
const SKIPPED_MAX = 1_000;

export interface BulkOrder {
  readonly performance: string;
  readonly replaceCode: boolean;
  readonly by: string;
  readonly reason: string;
}

/** How far a job is; `skipped` tickets are listed with why. */
export interface JobView extends Pick<DeliveryJobTable, 'id' | 'performance' | 'state' | 'total'> {
  readonly delivered: number;
  readonly skipped: number;
  readonly list: readonly { readonly ticket: string; readonly outcome: string }[];
}

/** Delivers all tickets of a performance again (B3); a job goes on after a crash where it was. */
export interface Bulk {
  begin(order: BulkOrder): Promise<JobView>;
  find(id: string): JobView;
  start(): void;
  stop(): Promise<void>;
}

export interface BulkParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly deliver: Deliver;
  /** Inside the batch that delivered: what its guest gets. */
  delivered(ticket: string, job: string): void;
  /** After each batch. */
  changed(): void;
}

export function createBulk(parts: BulkParts): Bulk {
  const { store, clock, random } = parts;
  const byId = store.prepareRead('select * from delivery_jobs where id = ?');
  const skippedOf = store.prepareRead(
    'select ticket, outcome from delivery_job_rows where job = ? order by ticket limit ?',
  );
  const running = store.prepareRead(`select id from delivery_jobs where state = 'running'`);
  const step = stepper(parts);
  const count = store.prepare(
    'select count(*) as n from tickets where performance = ? and replaced_by is null',
  );
  let isRunning = false;
  let work: Promise<void> | undefined;

  async function go(): Promise<void> {
    for (const { id } of rowsOf<{ id: string }>(running)) {
      let more = true;
      while (more && isRunning) {
        more = await store.batch(() => step(id));
        parts.changed();
        await new Promise<void>((done) => clock.setTimeout(done, PAUSE_MS));
      }
    }
  }

  function wake(): void {
    if (!isRunning) return;
    work = (work ?? Promise.resolve())
      .then(go)
      .catch((fault) => parts.log.error({ fault }, 'a delivery job stopped; it goes on later'));
  }

  function find(id: string): JobView {
    const job = rowOf<DeliveryJobTable>(byId, id);
    if (!job) throw saleError('delivery-job-unknown');
    const { performance, state, total, delivered, skipped } = job;
    const list = rowsOf<{ ticket: string; outcome: string }>(skippedOf, id, SKIPPED_MAX);
    return { id, performance, state, total, delivered, skipped, list };
  }

  return {
    find,
    async begin({ performance, replaceCode, by, reason }) {
      const id = Buffer.from(random(8)).toString('hex');
      const now = clock.now();
      await store.batch(() => {
        const { n } = rowOf<{ n: number }>(count, performance) as { n: number };
        store
          .prepare(
            `insert into delivery_jobs (id, performance, how, state, replace_code, by_whom, reason,
             total, created, changed) values (?, ?, 'bulk', 'running', ?, ?, ?, ?, ?, ?)`,
          )
          .run(id, performance, replaceCode ? 1 : 0, by, reason, n, now, now);
      });
      wake();
      return find(id);
    },
    start() {
      isRunning = true;
      wake();
    },
    async stop() {
      isRunning = false;
      await work;
    },
  };
}

/** One piece of a job: tickets and how far it is are written in the same transaction. */
function stepper({ store, clock, deliver, delivered }: BulkParts) {
  const byId = store.prepare('select * from delivery_jobs where id = ?');
  const next = store.prepare(
    `select * from tickets where performance = ? and replaced_by is null and id > ?
     order by id limit ${STEP}`,
  );
  const refunded = store.prepare(
    `select 1 from order_items where ticket = ? and state <> 'active'`,
  );
  const skip = store.prepare('insert or ignore into delivery_job_rows values (?, ?, ?)');
  const save = store.prepare(
    `update delivery_jobs set after = ?, delivered = ?, skipped = ?, state = ?, changed = ?
     where id = ?`,
  );
  return (id: string): boolean => {
    const job = rowOf<DeliveryJobTable>(byId, id) as DeliveryJobTable;
    const tickets = rowsOf<TicketRecord>(next, job.performance, job.after);
    const now = clock.now();
    let done = 0;
    for (const ticket of tickets) {
      const why = refunded.get(ticket.id) ? 'refunded' : skipReason(ticket, job);
      if (why !== undefined) {
        skip.run(id, ticket.id, why);
        continue;
      }
      const replaceCode = job.replace_code === 1 && ticket.kind === 'regular';
      const { by_whom: by, reason } = job;
      deliver(ticket.id, { way: 'bulk', replaceCode, by, reason }, now);
      delivered(ticket.id, id);
      done += 1;
    }
    const more = tickets.length === STEP;
    save.run(
      ...[tickets.at(-1)?.id ?? job.after, job.delivered + done],
      ...[job.skipped + tickets.length - done, more ? 'running' : 'done', now, id],
    );
    return more;
  };
}

function skipReason(ticket: TicketRecord, job: DeliveryJobTable): string | undefined {
  if (ticket.status === 'cancelled' || ticket.status === 'taken-back') return ticket.status;
  if (isUsed(ticket)) return 'used';
  const keeps = job.replace_code === 0 && ticket.delivered === 'e-ticket';
  if (ticket.kind === 'regular' && ticket.issue === null && keeps) return 'code-not-ours';
  return undefined;
}
