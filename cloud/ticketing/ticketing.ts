import { createPublicKey, type KeyObject } from 'node:crypto';
import type { Readable } from 'node:stream';
import { canonical, regularCode, type TicketLabel, type TicketStatus } from '@gatehouse/protocol';
import type { Also } from '../change-log.ts';
import type { Clock, Log, Random, Tenant } from '../ports.ts';
import type { Store } from '../store/index.ts';
import { type Beacons, createBeacons } from './beacons.ts';
import { codeDigest, digestKey } from './code-digest.ts';
import { createDoor, type Door } from './door-store.ts';
import { ticketingError } from './errors.ts';
import { newHandle, newPerformanceId, newProductionId, newTicketId } from './ids.ts';
import { type ImportSummary, importTickets } from './import.ts';
import type { ImportFormat } from './import-read.ts';
import { codeFault } from './import-row.ts';
import type { PerformanceSettings } from './performance.ts';
import {
  addPerformance,
  addProduction,
  changePerformance,
  changeProduction,
  findPerformance,
  type Performance,
  type Production,
} from './performance-store.ts';
import {
  addTicket,
  bindKey,
  changeTicket,
  speakTo,
  type Ticket,
  type TicketChanges,
} from './ticket-store.ts';

const REGULAR_CODE_BYTES = 10;

export interface TicketOrder {
  readonly kind?: 'regular' | 'secure' | undefined;
  /** A text of somebody else's making; left out for a code of our own. */
  readonly code?: string | undefined;
  readonly status: TicketStatus;
  readonly uses: number;
  readonly entrances: readonly string[];
  readonly label: TicketLabel;
}

/** Everything that changes productions, performances and tickets. */
export interface Ticketing {
  readonly store: Store;
  readonly tenant: Tenant;
  readonly beacons: Beacons;
  readonly door: Door;
  /** Digest of a canonical text, as it stands in the store. */
  digest(text: string): string;
  addProduction(title: string): Promise<Production>;
  /** @param also in the same transaction, as below */
  changeProduction(id: string, title: string, also?: Also<string>): Promise<Production>;
  addPerformance(settings: PerformanceSettings, also?: (id: string) => void): Promise<Performance>;
  changePerformance(
    id: string,
    changes: Partial<PerformanceSettings>,
    also?: Also<PerformanceSettings>,
  ): Promise<Performance>;
  /** The code of a regular ticket is given here and never again. */
  addTicket(
    performance: string,
    order: TicketOrder,
    also?: (id: string) => void,
  ): Promise<Ticket & { code?: string }>;
  changeTicket(id: string, changes: TicketChanges, also?: Also<Ticket>): Promise<Ticket>;
  bindKey(
    ticket: string,
    publicKey: string,
    language?: string,
  ): Promise<{ tenant: string; handle: string; generation: number; performance: Performance }>;
  /** The guest of these tickets reads another language from now on; lanes speak it. */
  speakTo(tickets: readonly string[], language: string): Promise<void>;
  importTickets(
    performance: string,
    body: Readable,
    format: ImportFormat,
    also?: (imported: number) => void,
  ): Promise<ImportSummary>;
  /** Calls back after every change that gateways must hear of; gives the way to stop it. */
  onChange(listener: () => void): () => void;
  /** Says that the validator has changed tickets. */
  changed(): void;
  start(): Promise<void>;
  stop(): void;
}

export function createTicketing(parts: {
  store: Store;
  tenant: Tenant;
  clock: Clock;
  random: Random;
  log: Log;
}): Ticketing {
  const { store, tenant, clock, random } = parts;
  const key = digestKey(tenant.venueKey);
  const listeners = new Set<() => void>();
  let importing = false;
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const beacons = createBeacons({ ...parts, renewed: changed });
  const announced = async <T>(work: Promise<T>): Promise<T> => {
    const result = await work;
    changed();
    return result;
  };
  return {
    store,
    tenant,
    beacons,
    door: createDoor(store),
    digest: (text) => codeDigest(key, text),
    async addProduction(title) {
      const production = { id: newProductionId(random), title, created: clock.now() };
      await addProduction(store, production);
      return production;
    },
    changeProduction: (id, title, also) => announced(changeProduction(store, id, title, also)),
    addPerformance: (settings, also) =>
      announced(addPerformance(store, newPerformanceId(random), settings, clock.now(), also)),
    changePerformance: (id, changes, also) =>
      announced(changePerformance(store, id, changes, also)),
    addTicket: (performance, order, also) =>
      announced(makeTicket(parts, key, performance, order, also)),
    changeTicket: (id, changes, also) =>
      announced(changeTicket(store, id, changes, clock.now(), also)),
    async bindKey(ticket, publicKey, language) {
      const spki = checkedSpki(publicKey);
      const bound = await bindKey(store, ticket, spki, clock.now(), language);
      changed();
      return { tenant: tenant.id, ...bound };
    },
    speakTo: (tickets, language) => announced(speakTo(store, tickets, language)),
    async importTickets(performance, body, format, also) {
      if (importing) throw ticketingError('import-busy');
      importing = true;
      try {
        const { secure } = await findPerformance(store, performance);
        if (secure) throw ticketingError('import-secure-performance');
        return await announced(
          importTickets({ store, clock, random, key }, performance, body, format, also),
        );
      } finally {
        importing = false;
      }
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    changed,
    start: () => beacons.start(),
    stop: () => beacons.stop(),
  };
}

/** Makes a ticket of the performance's kind and, for a regular one, its code. */
async function makeTicket(
  parts: { store: Store; clock: Clock; random: Random },
  key: KeyObject,
  performance: string,
  order: TicketOrder,
  also?: (id: string) => void,
): Promise<Ticket & { code?: string }> {
  const { secure } = await findPerformance(parts.store, performance);
  const kind = order.kind ?? (secure ? 'secure' : 'regular');
  if (kind === 'secure' && (!secure || order.code !== undefined)) {
    throw ticketingError('ticket-kind-refused');
  }
  const code = kind === 'secure' ? undefined : codeFor(order, parts.random);
  const ticket = await addTicket(
    parts.store,
    newRow(parts, key, { performance, kind, code, order }),
    also,
  );
  return { ...ticket, ...(code === undefined ? {} : { code }) };
}

function codeFor(order: TicketOrder, random: Random): string {
  if (order.code === undefined) return regularCode(random(REGULAR_CODE_BYTES));
  const code = canonical(order.code);
  const reason = codeFault(code);
  if (reason !== undefined) throw ticketingError('ticket-code-refused', { reason });
  return code;
}

function newRow(
  { clock, random }: { clock: Clock; random: Random },
  key: KeyObject,
  made: {
    performance: string;
    kind: 'regular' | 'secure';
    code: string | undefined;
    order: TicketOrder;
  },
) {
  const { status, uses, entrances, label } = made.order;
  return {
    id: newTicketId(random),
    kind: made.kind,
    performance: made.performance,
    digest: made.code === undefined ? null : codeDigest(key, made.code),
    handle: made.kind === 'secure' ? newHandle(random) : null,
    burnt: null,
    last_use_at: null,
    last_use_lane: null,
    status,
    uses,
    entrances: JSON.stringify(entrances),
    label: JSON.stringify(label),
    created: clock.now(),
  };
}

/** @throws GatehouseError `key-invalid` */
function checkedSpki(base64: string): Uint8Array {
  try {
    const der = Buffer.from(base64, 'base64');
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') {
      return key.export({ format: 'der', type: 'spki' });
    }
  } catch (cause) {
    throw ticketingError('key-invalid', {}, cause);
  }
  throw ticketingError('key-invalid');
}
