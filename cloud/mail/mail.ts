import type { Transaction } from 'kysely';
import type { z } from 'zod';
import type { Also } from '../change-log.ts';
import type { Clock, Log } from '../ports.ts';
import type { Database, Store } from '../store/index.ts';
import type { AttachmentMaker } from './delivery.ts';
import { mailError } from './errors.ts';
import { FORGOTTEN_ALL_MS, forgetMails, forgetSecrets } from './keeping.ts';
import { type Message, rowOf } from './message.ts';
import { createOutbox } from './outbox.ts';
import { addMail, mailAdder, makeDue, waitsAtLeast } from './outbox-store.ts';
import {
  type LoggedMail,
  type MailSettings,
  type MailSettingsInput,
  readSettings,
  writeSettings,
} from './settings.ts';
import type { Language, TemplateName } from './templates/data.ts';
import { createEngine } from './templates/engine.ts';
import { createTemplates, type Templates } from './templates/templates.ts';
import { createTexts, type Texts } from './texts/texts.ts';
import { createSmtp, type TransportTimes } from './transport.ts';

/** Mails that may wait. */
export const WAITING_MAX = 100_000;
/** Time between two rounds of forgetting. */
export const FORGET_EVERY_MS = 60_000;

/** Gives the data of a template for an order, for previews on real data. */
export type OrderData = (
  order: string,
  template: TemplateName,
  language: Language,
) => Promise<unknown | undefined>;

/** Mail to guests: a durable queue, templates, explanation texts. */
export interface Mail {
  start(): Promise<void>;
  stop(): Promise<void>;
  /**
   * Resolves when the mail is on disk; it is sent afterwards. A known key queues nothing.
   * @throws GatehouseError `mail-address-refused`, `template-data-invalid`, `mail-outbox-full`
   */
  queue<N extends TemplateName>(message: Message<N>): Promise<void>;
  /** The same as part of the caller's transaction; call `nudge` after it. */
  queueIn<N extends TemplateName>(step: Transaction<Database>, message: Message<N>): Promise<void>;
  /** The same inside `store.batch`; call `nudge` after it. */
  queueInBatch<N extends TemplateName>(message: Message<N>): void;
  /** There may be something to send; without it mails go within seconds. */
  nudge(): void;
  /** Who makes attachments of a kind when a mail with them is sent. */
  attach(kind: string, make: AttachmentMaker): void;
  /** Where previews get the data of an order from. */
  ordersFrom(find: OrderData): void;
  readonly templates: Templates;
  readonly texts: Texts;
  readonly orderData: OrderData;
  settings(): Promise<MailSettings>;
  /** @throws GatehouseError `mail-password-in-clear` */
  configure(input: z.infer<typeof MailSettingsInput>, also?: Also<LoggedMail>): Promise<void>;
  /**
   * Sends a test mail past the queue; gives the mail server's answer.
   * @throws GatehouseError `mail-not-configured`, `mail-test-failed`, `mail-address-refused`
   */
  test(to: string, language: Language): Promise<string>;
}

export interface MailParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** IANA zone in which mails write times. */
  readonly timeZone: string;
  /** What the theatre is called until its settings say so. */
  readonly theatreName: string;
  readonly times?: TransportTimes;
}

export function createMail(parts: MailParts): Mail {
  const { store, clock, log, timeZone } = parts;
  const engine = createEngine();
  const makers = new Map<string, AttachmentMaker>();
  const settings = () => readSettings(store, parts.theatreName);
  const theater = async () => (await settings()).theater;
  const templates = createTemplates({ store, clock, log, engine, timeZone, theater });
  const outbox = createOutbox({ ...parts, templates, makers, settings });
  const add = mailAdder(store);
  const forgetting = createForgetting(parts);
  let findOrder: OrderData = async () => undefined;

  return {
    templates,
    texts: createTexts({ store, clock }),
    settings,
    nudge: outbox.nudge,
    orderData: (...asked) => findOrder(...asked),
    async start() {
      await outbox.start();
      forgetting.start();
    },
    async stop() {
      await forgetting.stop();
      await outbox.stop();
      await engine.stop();
    },
    async queue(message) {
      const now = clock.now();
      const row = rowOf(message, now);
      if (await waitsAtLeast(store, WAITING_MAX)) {
        throw mailError('mail-outbox-full', { waiting: WAITING_MAX });
      }
      await addMail(store.db, row, now);
      outbox.nudge();
    },
    async queueIn(step, message) {
      const now = clock.now();
      await addMail(step, rowOf(message, now), now);
    },
    queueInBatch(message) {
      const now = clock.now();
      add(rowOf(message, now), now);
    },
    attach(kind, make) {
      makers.set(kind, make);
    },
    ordersFrom(find) {
      findOrder = find;
    },
    async configure(input, also) {
      await writeSettings(store, input, also);
      await makeDue(store, clock.now());
      await outbox.reconnect();
    },
    test: (to, language) => sendTest({ ...parts, templates, settings }, to, language),
  };
}

/** What is no longer kept goes once a minute: login links of held mails within ten. */
function createForgetting({ store, clock, log }: MailParts) {
  let timer: unknown;
  let running = false;
  let round: Promise<unknown> = Promise.resolve();
  let full = 0;

  function plan(): void {
    timer = clock.setTimeout(() => {
      // All of it once an hour, what lets somebody in every time.
      const forget =
        full % (FORGOTTEN_ALL_MS / FORGET_EVERY_MS) === 0 ? forgetMails : forgetSecrets;
      full += 1;
      round = forget(store, clock.now())
        .catch((cause: unknown) => {
          const { code } = cause as { code?: string };
          log.error({ code }, 'old mails could not be forgotten; the next round tries again');
        })
        .finally(() => running && plan());
    }, FORGET_EVERY_MS);
  }

  return {
    start() {
      running = true;
      plan();
    },
    async stop() {
      running = false;
      clock.clearTimeout(timer);
      await round;
      clock.clearTimeout(timer);
    },
  };
}

interface TestParts extends MailParts {
  readonly templates: Templates;
  readonly settings: () => Promise<MailSettings>;
}

async function sendTest(parts: TestParts, to: string, language: Language): Promise<string> {
  const { server, password } = await parts.settings();
  const now = parts.clock.now();
  const key = `test:${now}`;
  const { id, address } = rowOf(
    { to, template: 'test', language, data: { verzondenOp: now }, key },
    now,
  );
  if (!server || address === null) throw mailError('mail-not-configured');
  const mail = await parts.templates.render('test', language, { verzondenOp: now });
  const transport = createSmtp(server, password, parts.times);
  try {
    const domain = server.from.address.split('@')[1];
    const messageId = `<${id}@${domain}>`;
    const sent = await transport.send({
      ...{ to: address, messageId, date: now, attachments: [] },
      ...mail,
    });
    if (sent.ok) return sent.answer;
    const { fault, answer } = sent;
    throw mailError('mail-test-failed', { fault, answer: answer ?? 'no answer' });
  } finally {
    transport.stop();
  }
}
