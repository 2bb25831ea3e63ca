import { createHmac, createSecretKey } from 'node:crypto';
import { join } from 'node:path';
import { createProver } from '@gatehouse/protocol';
import { createSignatureCheck } from '@gatehouse/protocol/signature-check';
import type { Enrolment } from '@gatehouse/provisioning';
import {
  createAdmission,
  createCloudQuestion,
  createOfflineShare,
  createPhoneSkew,
  createReservations,
} from './admission/index.ts';
import { bringBack, tellApart, writeStart } from './bring-back.ts';
import { type Clock, createVenueTime, type VenueTime } from './clock.ts';
import type { Ids } from './ids.ts';
import { createDrain, createJournal, type Journal, type Recovered } from './journal/index.ts';
import {
  createLane,
  createRecord,
  type Lane,
  type LaneSettings,
  type Policy,
} from './lane/index.ts';
import type { LaneDevices } from './lane-devices.ts';
import type { Link } from './link.ts';
import type { Log } from './log.ts';
import type { Reading } from './reading/index.ts';
import { createTicketSync, TicketStore } from './tickets/index.ts';
import { createPulse, createSettles, createUplink } from './uplink/index.ts';
import type { GatewayEvent, GatewayStatus } from './web/index.ts';

/** A turnstile waits this long for its guest; the grant lasts a second more. */
const UNLOCK_MS = 7_000;
const GRANT_MARGIN_MS = 1_000;

/** Name and version that the cloud sees. */
export const SOFTWARE = 'gatehouse-gateway/0.1.0';

export interface EntranceOptions {
  readonly enrolment: Enrolment;
  readonly privateKey: string;
  readonly dataDir: string;
  readonly devices: readonly LaneDevices[];
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: () => number;
  readonly log: Log;
  readonly tell: (event: GatewayEvent) => void;
  readonly policy?: Policy | undefined;
  /** Whether this machine's clock goes on without power; true if left out. */
  readonly rtc?: boolean | undefined;
}

export type PartsOptions = Omit<EntranceOptions, 'privateKey' | 'dataDir' | 'random'> & {
  /** How signatures are checked by a key (DER SPKI); in the thread pool if left out. */
  readonly signatureCheck?: typeof createSignatureCheck | undefined;
};

/** A configured gateway at work: its lanes, and everything they share. */
export interface Entrance {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** A reading of the device with this number. */
  read(device: number, reading: Reading): void;
  status(): Omit<GatewayStatus, 'gateway'>;
}

export function createEntrance(options: EntranceOptions): Entrance {
  const { enrolment, dataDir, clock, ids, log, tell } = options;
  const venueKey = Buffer.from(enrolment.venueKey, 'base64');
  const journal = createJournal({
    file: join(dataDir, 'journal.db'),
    epoch: ids.epoch(),
    owner: enrolment.tenant,
  });
  let running: Running | undefined;

  return {
    async start() {
      const recovered = await journal.start();
      const lastKnown = options.rtc === false ? Number.POSITIVE_INFINITY : recovered.lastWall;
      const time = createVenueTime(clock, lastKnown);
      const store = new TicketStore(join(dataDir, 'tickets.db'), venueKey, log);
      running = assemble(options, { journal, time, store, venueKey });
      await running.start(recovered);
      const lanes = running.lanes.length;
      const told = { gateway: enrolment.gateway, lanes, devices: options.devices.length };
      if (enrolment.configuration.lanes.length === told.devices) log.info(told, 'entrance open');
      else log.warn(told, 'lanes in the configuration and devices in the file are not as many');
    },
    async stop() {
      const last = running;
      running = undefined;
      await last?.stop();
      await journal.stop();
    },
    read: (device, reading) => running?.lanes[device]?.read(reading),
    status() {
      const tickets = running?.tickets() ?? { count: 0, cursor: null };
      const lanes = running?.lanes.map((lane) => lane.view()) ?? [];
      return { uplink: running?.uplink() ?? 'away', lanes, tickets, queue: journal.waiting };
    },
  };

  function assemble(o: EntranceOptions, shared: Shared): Running {
    const uplink = createUplink({
      gateway: enrolment.gateway,
      url: enrolment.mqtt.url,
      servername: enrolment.mqtt.servername,
      key: o.privateKey,
      certificate: enrolment.certificate,
      roots: enrolment.tlsRoots,
      clock,
      random: o.random,
      log,
    });
    const parts = createParts(o, shared, uplink);
    return {
      ...parts,
      async start(recovered) {
        await parts.start(recovered);
        await uplink.start();
        tell({ type: 'tickets', ...parts.tickets() });
      },
      async stop() {
        await parts.stop();
        await uplink.stop();
        shared.store.close();
      },
    };
  }
}

/** What the parts share: already open, and closed by whoever opened it. */
export interface Shared {
  readonly journal: Journal;
  readonly time: VenueTime;
  readonly store: TicketStore;
  readonly venueKey: Buffer;
}

/** The parts of a configured gateway, without its way to the cloud. */
export interface Running {
  readonly lanes: readonly Lane[];
  start(recovered: Recovered): Promise<void>;
  stop(): Promise<void>;
  uplink(): GatewayStatus['uplink'];
  tickets(): GatewayStatus['tickets'];
}

/** Everything of a configured gateway that a link, a clock and a disk are enough for. */
export function createParts(options: PartsOptions, shared: Shared, link: Link): Running {
  const { enrolment, clock, ids, log, tell } = options;
  const { journal, time, store } = shared;
  let tickets = store.state();
  const reservations = createReservations(clock);
  const share = createOfflineShare(clock);
  const skew = createPhoneSkew(time);
  const settles = createSettles({ link, clock });
  const pulse = createPulse({
    link,
    clock,
    time,
    onChange(state) {
      tell({ type: 'uplink', state });
      if (state !== 'connected') question.giveUp();
    },
    report: () => ({
      software: SOFTWARE,
      cursor: tickets.cursor,
      queue: { rows: journal.waiting, settles: settles.waiting },
      lanes: lanes.map((lane) => {
        const { lane: id, state, fault } = lane.view();
        return { lane: id, state, fault, skew: skew.of(id) };
      }),
    }),
  });
  const question = createCloudQuestion({ link, clock, log, pulse });
  const { signatureCheck = createSignatureCheck } = options;
  const prove = createProver({
    tenant: enrolment.tenant,
    check: signatureCheck((handle, generation) => store.key(handle, generation)),
    beacon: (index) => store.beacon(index),
  });
  const admission = createAdmission({
    store,
    reservations,
    question,
    prove,
    share,
    skew,
    settles,
    time,
    clock,
    ids,
    uplink: () => pulse.state,
    passageMs: () => UNLOCK_MS + GRANT_MARGIN_MS,
  });
  const sync = createTicketSync({
    store,
    link,
    clock,
    log,
    ids,
    settled: settles.settled,
    onChange(state) {
      tickets = state;
      tell({ type: 'tickets', ...state });
    },
  });
  const drain = createDrain({
    journal,
    link,
    clock,
    log,
    onStored: (epoch, upTo) => tell({ type: 'stored', epoch, upTo }),
    onPassage: settles.taken,
    keep: () => store.uncounted(),
  });
  const lanes = makeLanes(options, shared, { admission, cursor: () => tickets.cursor });
  const services = [settles, pulse, question, sync, drain];

  return {
    lanes,
    uplink: () => pulse.state,
    tickets: () => tickets,
    async start(recovered) {
      const { cursor } = tickets;
      const { passed } = tellApart(recovered, store);
      bringBack(recovered, { store, settles, reservations, share, enrolment });
      const at = () => time.stamp();
      const fault = await writeStart(recovered, { journal, log, at, cursor, passed });
      for (const service of services) service.start();
      await Promise.all(lanes.map((lane) => lane.start(fault)));
    },
    async stop() {
      await Promise.all(lanes.map((lane) => lane.stop()));
      await journal
        .append({ kind: 'event', event: 'stopped', at: time.stamp(), cursor: tickets.cursor })
        .catch((error: Error) => log.warn({ fault: error.message }, 'stop not written'));
      for (const service of services) service.stop();
    },
  };
}

function makeLanes(
  options: PartsOptions,
  { journal, time, venueKey }: Shared,
  {
    admission,
    cursor,
  }: { admission: ReturnType<typeof createAdmission>; cursor: () => number | null },
): Lane[] {
  const { enrolment, devices, clock, log, tell, policy } = options;
  const { configuration, gateway } = enrolment;
  const { entrance, halls } = configuration;
  const key = createSecretKey(venueKey);
  return configuration.lanes.slice(0, devices.length).map((lane, i) => {
    const settings: LaneSettings = { ...lane, gateway, entrance, halls, unlockMs: UNLOCK_MS };
    const { lane: id, direction } = lane;
    return createLane({
      settings,
      turnstile: (devices[i] as LaneDevices).turnstile,
      admission,
      record: createRecord({ journal, time, lane: id, direction, cursor, tell }),
      clock,
      log,
      tell,
      policy,
      unknownRead: ({ code, symbology }) => ({
        hmac: createHmac('sha256', key).update(code).digest('hex'),
        length: code.length,
        symbology,
      }),
    });
  });
}
