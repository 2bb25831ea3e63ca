import { generateKeyPairSync, randomBytes, webcrypto } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  codeKey,
  createConflictDesk,
  createDesk,
  createSelling,
  createTicketing,
  createValidator,
  loadTenant,
  openStore,
  ticketPages,
} from '@gatehouse/cloud/parts';
import { createJournal, systemIds } from '@gatehouse/gateway';
import {
  createParts,
  createVenueTime,
  type LanePlace,
  type Link,
  TicketStore,
} from '@gatehouse/gateway/parts';
import {
  beaconIndexAt,
  fromHex,
  type NameOf,
  ROTATING_KEY,
  signRotating,
  slotAt,
} from '@gatehouse/protocol';
import { decode, encode } from '@gatehouse/protocol/payload';
import { PATIENCE_MS } from '../../scripts/patience.ts';

const GATEWAY = 'gate-1';
const PLACE: LanePlace = {
  ...{ gateway: GATEWAY, lane: 'lane-1', direction: 'entry', entrance: 'main', halls: [] },
  ...{ open: true, staffed: true },
};
/** However slow the machine is, no deadline of the gateway comes before an answer. */
const PATIENCE = 40;
const silent = { info() {}, warn() {}, error() {} };

export type SaleAndDoor = Awaited<ReturnType<typeof openSaleAndDoor>>;

/**
 * The cloud's sale and admission and one gateway's ticket store, sync and decisions, as they ship,
 * with a wire between them that can be cut. Time stands still unless it is moved, so that a grant
 * stays open for as long as a test looks at it.
 */
export async function openSaleAndDoor() {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-sale-'));
  const clock = stoppedClock();
  const { cloud, ...sale } = await openCloud(dir, clock);
  const { ticketing, store } = cloud;
  const wire = wireTo(cloud.desk);
  ticketing.onChange(() => wire.down('nudge', { cursor: ticketing.door.cursor() }));
  const gate = await openGate(dir, clock, wire.link, ticketing.tenant);

  return {
    ...{ clock, store, ticketing, ...sale },
    cut: () => wire.plug(false),
    /** Plugs the gateway in again; resolves once its ticket store is where the cloud is. */
    async plug() {
      wire.plug(true);
      await this.level();
    },
    /** Resolves once the gateway knows what the cloud knows. */
    level: () =>
      until('the gateway is level', () => {
        const isLevel = gate.store.state().cursor === ticketing.door.cursor();
        return isLevel && gate.parts.uplink() === 'connected';
      }),
    /** Moves time; the gateway hears the cloud at its new moment. */
    async later(milliseconds: number) {
      wire.plug(false);
      clock.move(milliseconds);
      await this.plug();
    },
    /** What the gateway decides about a code that is held up now. */
    read: (code: string) =>
      gate.parts.admission.decide(
        { code, raw: code, symbology: 'QRCode', source: 'camera', at: clock.mono(), took: 5 },
        PLACE,
      ),
    async stop() {
      await gate.stop();
      await cloud.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function openCloud(dir: string, clock: ReturnType<typeof stoppedClock>) {
  const store = await openStore(join(dir, 'cloud.db'), clock);
  const tenant = await loadTenant(store, randomBytes);
  const log = silent;
  const ticketing = createTicketing({ store, tenant, clock, random: randomBytes, log });
  await ticketing.start();
  const { watch } = createConflictDesk({ store, door: ticketing.door, clock });
  const validator = createValidator({ ticketing, clock, log, place: () => PLACE, watch });
  const tickets = ticketPages(store);
  const desk = createDesk({ validator, clock, log, tickets, heard() {} });
  /** Verified number by account; `null` for one that is not verified. */
  const accounts = new Map<string, string | null>();
  const key = codeKey(randomBytes(32));
  const selling = createSelling({
    ...{ store, ticketing, clock, log, random: randomBytes, key, demonstration: true },
    addresses: { shop: 'https://shop.example', portal: 'https://portal.example' },
    mail: { queueIn: async () => undefined, queueInBatch() {}, nudge() {} },
    timeZone: 'Europe/Amsterdam',
    buyer: () => null,
    verifiedPhone: (account) => accounts.get(account) ?? null,
    checks: { sms: async () => ({ enabled: true, tested: true }), portal: async () => true },
  });
  selling.start();
  const stop = async () => {
    await selling.stop();
    ticketing.stop();
    await validator.stop();
    await store.stop();
  };
  return { cloud: { store, ticketing, desk, stop }, accounts, key, selling };
}

async function openGate(
  dir: string,
  clock: ReturnType<typeof stoppedClock>,
  link: Link,
  tenant: { readonly id: string; readonly venueKey: Uint8Array },
) {
  const venueKey = Buffer.from(tenant.venueKey);
  const store = new TicketStore(join(dir, 'tickets.db'), venueKey);
  const epoch = systemIds.epoch();
  const journal = createJournal({ file: join(dir, 'journal.db'), epoch, owner: tenant.id });
  const recovered = await journal.start();
  const time = createVenueTime(clock, recovered.lastWall);
  const { publicKey } = generateKeyPairSync('ed25519');
  const tenantKey = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const patient = {
    ...clock,
    setTimeout: (run: () => void, milliseconds: number) =>
      clock.setTimeout(run, milliseconds * PATIENCE),
  };
  const enrolment = {
    ...{ gateway: GATEWAY, tenant: tenant.id, tenantName: 'Kade', certificate: '', tlsRoots: [] },
    ...{ mqtt: { url: 'mqtts://wire' }, venueKey: venueKey.toString('base64'), tenantKey },
    timeZone: 'Europe/Amsterdam',
    configuration: {
      ...{ version: 1, name: GATEWAY, venue: 'kade', entrance: 'main' },
      ...{ language: 'en' as const, halls: [], lanes: [] },
    },
  };
  const parts = createParts(
    { enrolment, devices: [], clock: patient, ids: systemIds, log: silent, tell: () => undefined },
    { journal, time, store, venueKey },
    link,
  );
  await parts.start(recovered);
  const stop = async () => {
    await parts.stop();
    await journal.stop();
    store.close();
  };
  return { store, parts, stop };
}

type Desk = ReturnType<typeof createDesk>;

/** Between a gateway and the cloud's desk: messages as bytes, while it is plugged in. */
function wireTo(desk: Desk) {
  const listeners = new Map<string, Set<(message: never) => void>>();
  const changed = new Set<(connected: boolean) => void>();
  let connected = true;
  const down = <N extends NameOf<'down'>>(
    name: N,
    message: Parameters<typeof encode<'down', N>>[2],
  ) => {
    if (!connected) return;
    const told = decode('down', name, encode('down', name, message));
    for (const listener of listeners.get(name) ?? []) listener(told as never);
  };
  const link: Link = {
    get connected() {
      return connected;
    },
    send(name, message) {
      if (connected) desk(GATEWAY, name, encode('up', name, message as never), down as never);
      return connected;
    },
    hear(name, listener) {
      const all = listeners.get(name) ?? new Set();
      listeners.set(name, all.add(listener as never));
      return () => all.delete(listener as never);
    },
    onChange(listener) {
      changed.add(listener);
      return () => changed.delete(listener);
    },
  };
  return {
    ...{ link, down },
    plug(isIn: boolean) {
      connected = isIn;
      for (const listener of changed) listener(isIn);
    },
  };
}

/** Cloud's and gateway's clock in one; timers are the machine's. */
function stoppedClock() {
  let at = Date.now();
  return {
    now: () => at,
    wall: () => at,
    monotonic: () => at,
    mono: () => at,
    setTimeout: (run: () => void, milliseconds: number): unknown => setTimeout(run, milliseconds),
    clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout | undefined),
    move(milliseconds: number) {
      at += milliseconds;
    },
  };
}

/** Binds a new phone to a secure ticket, as the portal does; gives what it shows now. */
export async function phoneFor(
  { ticketing, clock }: Pick<SaleAndDoor, 'ticketing' | 'clock'>,
  ticket: string,
): Promise<() => Promise<string>> {
  const { privateKey, publicKey } = await webcrypto.subtle.generateKey(ROTATING_KEY, true, [
    'sign',
    'verify',
  ]);
  const spki = Buffer.from(await webcrypto.subtle.exportKey('spki', publicKey));
  const { tenant, handle, generation } = await ticketing.bindKey(ticket, spki.toString('base64'));
  return async () => {
    await ticketing.beacons.current();
    const index = beaconIndexAt(clock.now());
    const statement = {
      ...{ tenant, generation, handle: fromHex(handle) as Uint8Array, slot: slotAt(clock.now()) },
      beacon: ticketing.beacons.valueOf(index) as Uint8Array,
    };
    return signRotating(
      webcrypto.subtle as SubtleCrypto,
      privateKey as CryptoKey,
      statement,
      index,
    );
  };
}

export async function until(what: string, holds: () => boolean): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; !holds(); ) {
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await new Promise((again) => setTimeout(again, 2));
  }
}
