import type { Also } from '../../change-log.ts';
import type { Clock, Log, Random } from '../../ports.ts';
import type { Store } from '../../store/index.ts';
import { type Alarms, createAlarms } from './alarms.ts';
import { createDelivery } from './delivery.ts';
import { smsError } from './errors.ts';
import { createExchange } from './exchange.ts';
import { createMessageStore, type ListedMessage, type OutboxRow } from './message-store.ts';
import { createOffice } from './office.ts';
import { type ReportRequest, refused, type SendResult } from './provider.ts';
import type { SettingsChange } from './settings.ts';
import { createSettingsStore } from './settings-store.ts';
import type { SettingsView } from './settings-view.ts';
import { measureText, type TextMeasure } from './text.ts';
import { createUpkeep, OUTBOX_KEPT_MS, withoutCodes } from './upkeep.ts';

export const TESTS_PER_HOUR = 20;
const HOUR_MS = 3_600_000;
/** Rows of messages and outbox that are shown, newest first. */
export const LISTED_MAX = 200;
/** How long a stop waits for requests under way; then they end and count as unclear. */
const STOP_WAIT_MS = 3_000;

export type Purpose = 'verify' | 'login' | 'test';

export interface Message {
  /** E.164. */
  readonly to: string;
  readonly text: string;
  readonly purpose: Purpose;
}

/** Whether guests get SMS at all; for the banner of admin pages and before a secure sale. */
export interface SmsStatus {
  readonly enabled: boolean;
  readonly provider: string;
  /** Messages only go into the outbox, or nowhere. */
  readonly nothingIsSent: boolean;
  readonly tested: number | null;
  /** Enabled, with a real provider, and a test SMS accepted with these settings (P10). */
  readonly ready: boolean;
}

export interface Sms {
  /** @throws GatehouseError of the store */
  start(): Promise<void>;
  /** Waits a little for requests under way, then ends them. */
  stop(): Promise<void>;
  /** Sends one SMS; what goes wrong at the provider is in the result, never thrown. */
  send(message: Message): Promise<SendResult>;
  /** Sends a test SMS, switched on or not, and gives the provider's own words. */
  test(to: string, text?: string): Promise<TestResult>;
  status(): SmsStatus;
  settings(): SettingsView;
  /** @throws GatehouseError `sms-*` of the settings */
  change(change: SettingsChange, also?: Also<SettingsView>): Promise<SettingsView>;
  /**
   * Puts in what a venue that moves in had at MessageBird: only then is it offered (G4).
   * @throws GatehouseError `sms-*` of the settings
   */
  bringMessagebird(
    fields: NonNullable<SettingsChange['messagebird']>,
    also?: Also<SettingsView>,
  ): Promise<SettingsView>;
  /** Takes a delivery report under its secret path; `unknown` for a path that is nobody's. */
  report(key: string, request: UnplacedReport): Promise<'taken' | 'unknown'>;
  messages(): ListedMessage[];
  /** Messages that nobody was sent; older ones without number and code. */
  outbox(): OutboxRow[];
  measure(text: string): TextMeasure;
  readonly alarms: Alarms;
}

export interface TestResult {
  readonly result: SendResult;
  readonly answer: { readonly status: number; readonly body: string } | null;
  readonly text: string;
  readonly measure: TextMeasure;
}

/** A report with its path and query, without the host: that is a setting. */
export type UnplacedReport = Omit<ReportRequest, 'url'> & { readonly path: string };

export interface SmsParts {
  readonly store: Store;
  /** Whose settings and messages these are: one `Sms` per tenant. */
  readonly tenant: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly fetch?: typeof fetch;
  /** Lets providers stand on this machine without TLS: for tests and demonstrations. */
  readonly localProviders?: boolean;
}

/** SMS of one tenant: its settings, its provider, its messages and their reports. */
export function createSms(parts: SmsParts): Sms {
  const { store, tenant, clock, log } = parts;
  const messages = createMessageStore(store);
  const alarms = createAlarms(parts);
  const stopping = new AbortController();
  const stopped = stopping.signal;
  const exchange = createExchange({ fetch: parts.fetch ?? fetch, clock, stopped });
  const office = createOffice({ ...parts, settings: createSettingsStore(store), exchange });
  const upkeep = createUpkeep({ messages, tenant, clock, log });

  const deliver = createDelivery({
    ...parts,
    messages,
    alarms,
    stopped,
    provider: office.provider,
  });

  return {
    alarms,
    measure: measureText,
    async start() {
      await office.start();
      await messages.cutOff(clock.now());
      await upkeep.start();
    },
    async stop() {
      const late = clock.setTimeout(() => stopping.abort(), STOP_WAIT_MS);
      await deliver.idle();
      clock.clearTimeout(late);
      stopping.abort();
      await upkeep.stop();
    },
    async send(message) {
      const settings = office.current();
      if (!settings.enabled) return refused('config', 'disabled', 0).result;
      return (await deliver.send(message, settings)).result;
    },
    async test(to, text = 'Gatehouse: test message. SMS works.') {
      if (messages.testsSince(tenant, clock.now() - HOUR_MS) >= TESTS_PER_HOUR) {
        throw smsError('sms-test-limit', { limit: TESTS_PER_HOUR });
      }
      const settings = office.current();
      const { result, answer = null } = await deliver.send({ to, text, purpose: 'test' }, settings);
      if (result.accepted) await office.markTested(settings);
      return { result, answer, text, measure: measureText(text) };
    },
    status: office.status,
    settings: office.view,
    change: office.change,
    bringMessagebird: office.bringMessagebird,
    async report(key, { path, ...request }) {
      const settings = office.current();
      const provider = office.providerOfKey(key);
      if (!provider) return 'unknown';
      const url = settings.publicUrl + path;
      const adapter = office.provider({ ...settings, provider });
      const reports = adapter.readReports({ ...request, url }, clock.now());
      if (!reports.ok) {
        if (reports.code === 'sms-report-forged') await alarms.raise(reports.code, provider);
        throw smsError(reports.code);
      }
      for (const event of reports.events) await messages.report(tenant, provider, event);
      return 'taken';
    },
    messages: () => messages.list(tenant, LISTED_MAX),
    outbox: () => shown(messages.outbox(tenant, LISTED_MAX), clock.now() - OUTBOX_KEPT_MS),
  };
}

/** What is too old is not shown, even before the next round has taken it out. */
function shown(rows: OutboxRow[], until: number): OutboxRow[] {
  return rows.map((row) =>
    row.made <= until ? { ...row, number: null, text: withoutCodes(row.text) } : row,
  );
}
