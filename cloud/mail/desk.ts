import type { Clock } from '../ports.ts';
import type { MailOutboxTable, Store } from '../store/index.ts';
import { mailError } from './errors.ts';
import { SECRET_SHOWN_MS, SECRET_TEMPLATES } from './keeping.ts';
import type { Mail } from './mail.ts';
import { referencesOf } from './message.ts';
import { changeMail, countMails, findMail, lastFault } from './outbox-store.ts';
import type { TemplateName } from './templates/data.ts';
import type { Rendered } from './templates/job.ts';

/** What administrators see of one mail. */
export interface SeenMail {
  readonly row: MailOutboxTable;
  /** `null` where it is not, or no longer, to be read. */
  readonly mail: Rendered | null;
  readonly attachments: readonly { kind: string; reference: string }[];
}

/** The administrators' view of the outbox. */
export interface MailDesk {
  status(): Promise<{
    readonly mode: 'smtp' | 'outbox';
    readonly counts: Record<MailOutboxTable['state'], number>;
    readonly lastFault: { fault: string; answer: string | null; at: number } | null;
  }>;
  /** @throws GatehouseError `mail-unknown` */
  look(id: string): Promise<SeenMail>;
  /**
   * Queues a mail again that failed or was held.
   * @throws GatehouseError `mail-unknown`, `mail-not-repeatable`, `mail-not-configured`
   */
  resend(id: string): Promise<void>;
}

export function createMailDesk(parts: { store: Store; clock: Clock; mail: Mail }): MailDesk {
  const { store, clock, mail } = parts;

  async function find(id: string): Promise<MailOutboxTable> {
    const row = await findMail(store, id);
    if (!row) throw mailError('mail-unknown', { id });
    return row;
  }

  return {
    async status() {
      const { server } = await mail.settings();
      const last = await lastFault(store);
      const { fault, answer, changed } = last ?? {};
      return {
        mode: server ? 'smtp' : 'outbox',
        counts: await countMails(store),
        lastFault: fault ? { fault, answer: answer ?? null, at: changed ?? 0 } : null,
      };
    },
    async look(id) {
      const row = await find(id);
      const attachments = referencesOf(row.attachments);
      if (row.data === null || !isReadable(row, clock.now())) {
        return { row, mail: null, attachments };
      }
      const name = row.template as TemplateName;
      const filled = await mail.templates.render(name, row.language, JSON.parse(row.data));
      return { row, mail: filled, attachments };
    },
    async resend(id) {
      const row = await find(id);
      const again = row.state === 'failed' || row.state === 'held';
      if (!again || row.data === null || row.address === null) {
        throw mailError('mail-not-repeatable');
      }
      if (!(await mail.settings()).server) throw mailError('mail-not-configured');
      const now = clock.now();
      // A held mail was never on its way; its Message-ID takes the sender's name now.
      const fresh = row.state === 'held' ? { message_id: null } : {};
      const change = { state: 'queued' as const, tries: 0, next_at: now, changed: now };
      await changeMail(store, id, { ...change, ...fresh, fault: null, answer: null });
      mail.nudge();
    },
  };
}

/** What lets its bearer in is shown only where nothing is sent, and only for minutes. */
function isReadable(row: MailOutboxTable, now: number): boolean {
  if (!(SECRET_TEMPLATES as readonly string[]).includes(row.template)) return true;
  return row.state === 'held' && now < row.created + SECRET_SHOWN_MS;
}
