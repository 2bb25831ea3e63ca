import type { Clock, Log } from '../ports.ts';
import type { MailOutboxTable, Store } from '../store/index.ts';
import { type Delivered, type DeliveryParts, deliver } from './delivery.ts';
import { SECRET_TEMPLATES } from './keeping.ts';
import { changeMail, claimMail, nextDue, requeueInterrupted } from './outbox-store.ts';
import type { MailSettings } from './settings.ts';
import { createSmtp, SENDING_MAX, type Transport, type TransportTimes } from './transport.ts';

const MINUTE_MS = 60_000;
/** Time until the second, third … try; the last one repeats. */
export const RETRY_MS = [1, 2, 5, 10, 20, 30, 60].map((minutes) => minutes * MINUTE_MS);
/** Tries of one mail: about a day. */
export const TRIES_MAX = 30;
/** Longest time in which a mail queued inside somebody's transaction goes unnoticed. */
export const POLL_MS = 5_000;
/** How long a stop waits for mails on their way. */
const STOP_MS = 3_000;
/** Where a Message-ID comes from while no sender is set. */
const NO_DOMAIN = 'gatehouse.invalid';

/** Sends what is in the queue. */
export interface Outbox {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** There may be something to send. */
  nudge(): void;
  /** The settings have changed: a new connection. */
  reconnect(): Promise<void>;
}

export interface OutboxParts extends DeliveryParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: () => Promise<MailSettings>;
  readonly times?: TransportTimes | undefined;
}

export function createOutbox(parts: OutboxParts): Outbox {
  const { store, clock, log } = parts;
  let settings: MailSettings | undefined;
  let transport: Transport | undefined;
  let running = false;
  let timer: unknown;
  let again = false;
  let pumping: Promise<void> | undefined;
  const sending = new Set<Promise<void>>();

  async function connect(): Promise<void> {
    const old = transport;
    settings = await parts.settings();
    const { server, password } = settings;
    transport = server ? createSmtp(server, password, parts.times) : undefined;
    old?.stop();
  }

  function nudge(): void {
    if (!running) return;
    again = true;
    pumping ??= pump().finally(() => {
      pumping = undefined;
      if (again) nudge();
    });
  }

  /** Takes mails that are due as long as there is room, then sleeps until the next one is. */
  async function pump(): Promise<void> {
    clock.clearTimeout(timer);
    let sleep = POLL_MS;
    try {
      while (again && running) {
        again = false;
        while (running && sending.size < SENDING_MAX) {
          const row = await claimMail(store, clock.now(), domainOf(settings));
          if (!row) break;
          take(row);
        }
      }
      const due = await nextDue(store);
      if (due !== undefined && sending.size < SENDING_MAX) {
        sleep = Math.min(POLL_MS, Math.max(0, due - clock.now()));
      }
    } catch (cause) {
      log.error({ code: (cause as { code?: string }).code }, 'the outbox could not be read');
    }
    if (running) timer = clock.setTimeout(nudge, sleep);
  }

  function take(row: MailOutboxTable): void {
    const work = handle(row).catch((cause: unknown) => {
      // Its row stays `sending`; the next start finds it.
      const { code } = cause as { code?: string };
      log.error({ mail: row.id, code }, 'what became of a mail could not be written down');
    });
    sending.add(work);
    void work.finally(() => {
      sending.delete(work);
      nudge();
    });
  }

  async function handle(row: MailOutboxTable): Promise<void> {
    if (row.until !== null && clock.now() > row.until) return end(row, 'failed', 'mail-too-late');
    if (!transport) return changeMail(store, row.id, { state: 'held', changed: clock.now() });
    await settle(row, await deliver(parts, transport, row));
  }

  async function settle(row: MailOutboxTable, done: Delivered): Promise<void> {
    const { id, tries } = row;
    const subject = done.subject ?? row.subject;
    const { answer } = done;
    if (done.ok) {
      await end(row, 'sent', null, { subject, answer });
      return log.info({ mail: id, template: row.template, tries }, 'a mail was sent');
    }
    const { fault } = done;
    const unsure = row.unsure + (fault === 'mail-unsure' ? 1 : 0);
    log.warn({ mail: id, template: row.template, tries, fault }, 'a mail could not be sent');
    if (done.final || tries >= TRIES_MAX) {
      const last = done.final ? fault : 'mail-tries-used-up';
      return end(row, 'failed', last, { subject, answer: answer ?? fault, unsure });
    }
    const wait = RETRY_MS[Math.min(tries, RETRY_MS.length) - 1] ?? MINUTE_MS;
    const now = clock.now();
    const change = { state: 'queued' as const, changed: now, next_at: now + wait };
    await changeMail(store, id, { ...change, subject, fault, answer, unsure });
  }

  /** The last word on a mail; what lets its bearer in is forgotten with it. */
  function end(
    row: MailOutboxTable,
    state: 'sent' | 'failed',
    fault: string | null,
    rest: Partial<MailOutboxTable> = {},
  ): Promise<void> {
    const secret = (SECRET_TEMPLATES as readonly string[]).includes(row.template);
    const gone = secret ? { data: null } : {};
    const changed = clock.now();
    return changeMail(store, row.id, { ...rest, ...gone, state, fault, changed });
  }

  return {
    nudge,
    async start() {
      const interrupted = await requeueInterrupted(store, clock.now());
      if (interrupted > 0) log.warn({ interrupted }, 'mails go out again whose answers were lost');
      await connect();
      running = true;
      nudge();
    },
    async stop() {
      running = false;
      clock.clearTimeout(timer);
      await pumping;
      await Promise.race([
        Promise.all(sending),
        new Promise<void>((resolve) => setTimeout(resolve, STOP_MS).unref()),
      ]);
      transport?.stop();
      await Promise.all(sending);
      clock.clearTimeout(timer);
    },
    async reconnect() {
      await connect();
      nudge();
    },
  };
}

function domainOf(settings: MailSettings | undefined): string {
  return settings?.server?.from.address.split('@')[1] ?? NO_DOMAIN;
}
