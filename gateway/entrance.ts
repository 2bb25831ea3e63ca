import { join } from 'node:path';
import type { GatewayHealth } from '@gatehouse/protocol';
import type { Enrolment } from '@gatehouse/provisioning';
import { type Clock, createVenueTime } from './clock.ts';
import type { GatewayConfig } from './config.ts';
import type { Arming, EntranceHooks } from './configuring/index.ts';
import type { Ids } from './ids.ts';
import { createJournal, keepReserve, spaceOf, spendReserve } from './journal/index.ts';
import type { Policy } from './lane/index.ts';
import type { LaneDevices } from './lane-devices.ts';
import { createLocalEntrance, type LocalEntrance } from './local/index.ts';
import type { Log } from './log.ts';
import { createPeerWire } from './peers/index.ts';
import type { Reading } from './reading/index.ts';
import { createParts, type Running, type Shared } from './running.ts';
import { TicketStore } from './tickets/index.ts';
import { createUplink } from './uplink/index.ts';
import type { GatewayEvent, GatewayStatus } from './web/index.ts';

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
  /** Who keeps what this gateway was given. */
  readonly hooks?: Pick<EntranceHooks, 'linked' | 'refused'> | undefined;
  /** What its heartbeat says of the whole machine. */
  readonly health?: (() => GatewayHealth) | undefined;
  readonly arming?: Pick<Arming, 'armed'> | undefined;
  /** Told of the entrance as its people deal with it, and that it is no more. */
  readonly local?: {
    readonly staff: Parameters<typeof createLocalEntrance>[0]['staff'];
    opened(entrance: LocalEntrance | undefined): void;
  };
  /** The cloud wants this program to begin anew. */
  readonly restart?: (() => void) | undefined;
  /** How other gateways of the venue are reached. */
  readonly peers: GatewayConfig['peers'];
}

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
      await spendReserve(dataDir);
      const recovered = await journal.start();
      const lastKnown = options.rtc === false ? Number.POSITIVE_INFINITY : recovered.lastWall;
      const time = createVenueTime(clock, lastKnown);
      const store = new TicketStore(join(dataDir, 'tickets.db'), venueKey, log);
      running = assemble(options, { journal, time, store, venueKey });
      await running.start(recovered);
      if (!(await keepReserve(dataDir))) log.warn({}, 'no room is left for the next start');
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
      const lanes = running?.views() ?? [];
      const peers = running?.peers() ?? { heard: [], missing: [] };
      const uplink = running?.uplink() ?? 'away';
      const queue = journal.waiting;
      const doorsOpenUntil = running?.doorsOpenUntil();
      return { uplink, peers, lanes, tickets, queue, disk: running?.disk(), doorsOpenUntil };
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
      time: shared.time,
      random: o.random,
      log,
      onRefused: o.hooks?.refused,
    });
    o.hooks?.linked(uplink, shared.time);
    const { gateway, tenant, certificate, configuration } = enrolment;
    const wire = createPeerWire({
      ...{ gateway, tenant, venue: configuration.venue, key: o.privateKey, certificate },
      ...{ config: o.peers, clock, time: shared.time, random: o.random, log },
    });
    const space = () => spaceOf(dataDir);
    const parts = createParts({ ...o, space }, shared, uplink, wire);
    const { devices } = o;
    const local =
      o.local &&
      createLocalEntrance({
        ...{ enrolment, running: parts, shared, link: uplink, devices, clock, ids, log },
        staff: o.local.staff,
      });
    return {
      ...parts,
      async start(recovered) {
        local?.start();
        await parts.start(recovered);
        o.local?.opened(local);
        await Promise.all([uplink.start(), wire.start()]);
        tell({ type: 'tickets', ...parts.tickets() });
      },
      async stop() {
        o.local?.opened(undefined);
        local?.stop();
        await parts.stop();
        await Promise.all([uplink.stop(), wire.stop()]);
        shared.store.close();
      },
    };
  }
}
