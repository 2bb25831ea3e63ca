import { join } from 'node:path';
import {
  ALONE,
  BEAT_MS,
  type Clock,
  createParts,
  createVenueTime,
  type GatewayEvent,
  type HandLanes,
  type Ids,
  LOOK_MS,
  type Running,
  TicketStore,
} from '@gatehouse/gateway/parts';
import type { Heartbeat, JournalBody } from '@gatehouse/protocol';
import type { Enrolment } from '@gatehouse/provisioning';
import type { Gate } from './gate.ts';
import {
  copyDatabase,
  createJournalDisk,
  type Disk,
  type DurableRow,
  GOOD_DISK,
  type JournalDisk,
  removeDatabase,
} from './journal-disk.ts';
import type { LocalEnd, LocalNetwork } from './local-network.ts';
import { TENANT_KEY } from './members.ts';
import type { Mutant } from './mutants.ts';
import type { Network, WireEnd } from './network.ts';
import { tornLog } from './torn-disk.ts';
import { EVENING, type Happening, type World } from './world.ts';

/** Beats, and looks whether all others are heard, go on all evening. */
const ROUTINE = new Set([BEAT_MS, LOOK_MS]);

/** Where a process may end, besides between two steps. */
export type Port = 'asked' | 'written' | 'unlock' | 'passage' | 'settle' | 'home' | 'answer';

export interface LaneSetup {
  readonly lane: string;
  readonly direction: 'entry' | 'exit';
  readonly staffed: boolean;
  readonly gate: Gate;
}

/** Where a gateway stands. */
export interface Place {
  readonly entrance: string;
  /** Empty for all. */
  readonly halls: string[];
}

export interface GatewayParts {
  readonly world: World;
  readonly id: string;
  readonly dir: string;
  readonly tenant: string;
  readonly venueKey: Uint8Array;
  readonly lanes: readonly LaneSetup[];
  readonly place: Place;
  readonly network: Network;
  /** None where the gateways of the venue are not connected with each other. */
  readonly local: LocalNetwork | undefined;
  readonly mutant: Mutant | undefined;
  readonly durable: (row: DurableRow) => void;
  readonly written: (epoch: string, body: JournalBody) => void;
  readonly tell: (event: GatewayEvent) => void;
  readonly beat: (gateway: string, beat: Heartbeat) => void;
  /** It has begun to take guests. */
  readonly begins: () => void;
  /** It was told to stop: its lanes take no more guests. */
  readonly stops: () => void;
  /** The process has ended; `stopped` when it was told to. */
  readonly ended: (stopped: boolean) => void;
}

/** A gateway's machine: its disk and clock stay, its processes come and go. */
export interface GatewayNode {
  readonly id: string;
  readonly up: boolean;
  /** A process runs, and nobody has told it to stop. */
  readonly serves: boolean;
  readonly disk: Disk;
  /** Rows that wait for the disk and rows that the cloud has not stored. */
  readonly queue: { disk: number; rows: number };
  boot(): void;
  /** The process dies; with `power` the whole machine does, and loses what was not synced. */
  crash(power: boolean): void;
  /** Stops as for an upgrade. */
  stop(): Promise<void>;
  /** The machine is broken for good: another one with an empty disk takes over its lanes. */
  replace(id: string): void;
  /** The process will die at the next such place. */
  arm(port: Port, count: number): void;
  disarm(): void;
  trap(port: Port): boolean;
  read(lane: number, code: string): void;
  /** The lanes of its handhelds, while it takes their requests. */
  hands(): { readonly lanes: HandLanes; alive(): boolean } | undefined;
  /** Moves the machine's wall clock. */
  stepClock(milliseconds: number): void;
  /** Parts per million that its clocks run too fast. */
  drift: number;
  /** The most that was ever, either way. */
  readonly wildest: number;
  /** Whether a process of it died at or after this moment of the evening's own time. */
  diedAfter(wall: number): boolean;
  /** Direct sight of its ticket store. */
  store(): TicketStore | undefined;
}

interface Process {
  readonly life: { alive: boolean };
  readonly running: () => Running | undefined;
  readonly journal: JournalDisk;
  readonly store: TicketStore;
  readonly link: WireEnd;
  readonly local: LocalEnd | undefined;
}

export function createGatewayNode(parts: GatewayParts): GatewayNode {
  const { world, mutant } = parts;
  const { random } = world;
  let { id } = parts;
  let files = filesOf(parts.dir, id);
  const disk = { ...GOOD_DISK };
  let process: Process | undefined;
  let step = 0;
  let died = Number.NEGATIVE_INFINITY;
  let armed: { port: Port; count: number } | undefined;
  let stopping = false;
  let drift = 0;
  let wildest = 0;

  const node: GatewayNode = {
    get id() {
      return id;
    },
    get up() {
      return process !== undefined;
    },
    get serves() {
      return process !== undefined && !stopping;
    },
    disk,
    get queue() {
      const { queued = 0, waiting = 0 } = process?.journal ?? {};
      return { disk: queued, rows: waiting };
    },
    get drift() {
      return drift;
    },
    set drift(ppm) {
      drift = ppm;
      wildest = Math.max(wildest, Math.abs(ppm));
    },
    get wildest() {
      return wildest;
    },
    boot() {
      stopping = false;
      copyDatabase(files.tickets, `${files.tickets}.boot`);
      if (mutant?.forgetsJournal) removeDatabase(files.journal);
      mutant?.boots?.(files.journal);
      process = start();
      world.story.tell(id, 'starts');
    },
    crash(power) {
      const last = process;
      if (!last) return;
      process = undefined;
      died = EVENING + world.now;
      armed = undefined;
      last.life.alive = false;
      last.link.die();
      last.local?.die(power);
      last.journal.die(power);
      const torn = power && random.chance(0.5) ? tornLog(world, files.tickets) : undefined;
      last.store.close();
      if (torn) torn();
      else if (power && random.chance(0.5)) copyDatabase(`${files.tickets}.boot`, files.tickets);
      else if (power && random.chance(0.2)) removeDatabase(files.tickets);
      parts.ended(false);
    },
    async stop() {
      const last = process;
      const running = last?.running();
      if (!last || !running || stopping) return;
      stopping = true;
      parts.stops();
      const stopped = running.stop();
      if (!mutant?.stopsAtOnce) await stopped;
      stopping = false;
      // It may have died meanwhile.
      if (process !== last || !last.life.alive) return;
      last.link.die();
      last.local?.die(false);
      await last.journal.stop();
      if (process !== last) return;
      process = undefined;
      armed = undefined;
      last.life.alive = false;
      last.store.close();
      world.story.tell(id, 'has stopped');
      parts.ended(true);
    },
    replace(next) {
      id = next;
      files = filesOf(parts.dir, id);
      died = Number.NEGATIVE_INFINITY;
    },
    arm(port, count) {
      armed = { port, count };
    },
    disarm() {
      armed = undefined;
    },
    trap(port) {
      if (process?.life.alive === false) return true;
      if (armed?.port !== port || --armed.count > 0) return false;
      armed = undefined;
      world.story.tell(id, `dies at ${port}`);
      const { life } = process as Process;
      life.alive = false;
      world.after(0, () => node.crash(false));
      return true;
    },
    read(lane, code) {
      if (!process?.life.alive) return;
      const at = world.now;
      const reading = { code, raw: code, symbology: 'QRCode', source: 'camera' as const };
      process.running()?.lanes[lane]?.read({ ...reading, at, took: 5 });
    },
    hands() {
      const { life, running } = process ?? {};
      const lanes = stopping ? undefined : running?.()?.hands;
      return lanes && life?.alive ? { lanes, alive: () => life.alive } : undefined;
    },
    stepClock(milliseconds) {
      step += milliseconds;
    },
    // A question of one that is dead by now may still be answered, till its deadline.
    diedAfter: (wall) => died >= wall - 3_000,
    store: () => process?.store,
  };

  function start(): Process {
    const life = { alive: true };
    const clock = createClock(life);
    const ids = createIds();
    const epoch = mutant?.epoch?.(id) ?? ids.epoch();
    const enrolment = enrolmentOf(parts, id);
    const journal = createJournalDisk({
      ...{ world, gateway: id, file: files.journal, epoch, owner: parts.tenant, disk, mutant },
      ...{ durable: parts.durable, written: parts.written },
      trap: (port) => !life.alive || node.trap(port),
    });
    const own = id;
    const link = parts.network.plug(id, (name, message) => {
      if (name === 'settle') node.trap('settle');
      else if (name === 'heartbeat') parts.beat(own, message as Heartbeat);
    });
    const local = parts.local?.plug(id);
    const Store = mutant?.ticketStore ?? TicketStore;
    const store = new Store(files.tickets, parts.venueKey);
    const opened = journal.start();
    const devices = parts.lanes.map(({ gate }) => ({
      turnstile: gate.turnstile(() => life.alive),
      start() {},
      stop: async () => undefined,
    }));
    let running: Running | undefined;
    void opened.then((recovered) => {
      const told = createVenueTime(clock, recovered.lastWall, ids.epoch());
      const time = mutant?.time?.(told) ?? told;
      const log = { info() {}, warn() {}, error() {} };
      const tell = (event: GatewayEvent) => life.alive && parts.tell(event);
      const venueKey = Buffer.from(parts.venueKey);
      const shared = { journal, time, store, venueKey };
      const { signatureCheck, prover } = mutant ?? {};
      const given = { enrolment, devices, clock, ids, log, tell, signatureCheck, prover };
      const parted = createParts(given, shared, link, local ?? ALONE);
      // As in the gateway itself: nothing is read before all parts have started.
      void parted.start(recovered).then(() => {
        running = parted;
        if (life.alive) parts.begins();
      });
    });
    return { life, journal, store, link, local, running: () => running };
  }

  function createClock(life: { alive: boolean }): Clock {
    const began = world.now;
    const rate = 1 + node.drift / 1e6;
    const mono = () => (world.now - began) * rate;
    return {
      wall: () => EVENING + world.now * rate + step,
      mono,
      setTimeout: (run, milliseconds) =>
        world.after(milliseconds / rate, () => life.alive && run(), ROUTINE.has(milliseconds)),
      clearTimeout: (timer) => world.cancel(timer as Happening | undefined),
    };
  }

  function createIds(): Ids {
    const hex = (bytes: number) => Buffer.from(random.bytes(bytes)).toString('hex');
    const uuid = (version: number) =>
      `${hex(4)}-${hex(2)}-${version}${hex(2).slice(1)}-8${hex(2).slice(1)}-${hex(6)}`;
    return { scan: () => uuid(7), request: () => uuid(4), epoch: () => hex(8) };
  }

  return node;
}

function filesOf(dir: string, id: string) {
  return { journal: join(dir, `${id}.db`), tickets: join(dir, `${id}-tickets.db`) };
}

function enrolmentOf(parts: GatewayParts, id: string): Enrolment {
  const { tenant, venueKey, lanes, place, mutant } = parts;
  return {
    ...{ gateway: id, tenant, tenantName: 'Simulated', certificate: '', tlsRoots: [] },
    mqtt: { url: 'mqtts://simulated' },
    venueKey: Buffer.from(venueKey).toString('base64'),
    tenantKey: TENANT_KEY,
    timeZone: 'Europe/Amsterdam',
    configuration: {
      ...{ version: 1, name: id, venue: 'venue', language: 'en', ...place },
      lanes: lanes.map(({ lane, direction, staffed }) => ({
        lane,
        name: lane,
        direction: mutant?.exitsAreEntries ? ('entry' as const) : direction,
        staffed,
      })),
    },
  };
}
