import { createHmac, createSecretKey } from 'node:crypto';
import { createProver } from '@gatehouse/protocol';
import { createSignatureCheck } from '@gatehouse/protocol/signature-check';
import {
  type Admission,
  createAdmission,
  createCapacity,
  createCloudQuestion,
  createOfflineShare,
  createPhoneSkew,
  createReservations,
} from './admission/index.ts';
import { bringBack, tellApart, untoldBy, writeStart } from './bring-back.ts';
import type { Timer, VenueTime } from './clock.ts';
import { createCommands } from './configuring/index.ts';
import { doorsOpenUntil } from './doors.ts';
import type { EntranceOptions } from './entrance.ts';
import { createHandLanes, type HandLanes } from './handheld/index.ts';
import {
  createDiskWatch,
  createDrain,
  type Journal,
  type Recovered,
  type Space,
} from './journal/index.ts';
import {
  createLane,
  createRecord,
  type Lane,
  type LaneSettings,
  type UnknownRead,
} from './lane/index.ts';
import type { LaneDevices } from './lane-devices.ts';
import type { Link } from './link.ts';
import { ALONE, createPeers, createWitness, type PeerLink } from './peers/index.ts';
import type { Reading } from './reading/index.ts';
import { createTicketSync, newsOf, type TicketStore } from './tickets/index.ts';
import { createPulse, createSettles } from './uplink/index.ts';
import type { GatewayEvent, GatewayStatus } from './web/index.ts';

/** A turnstile waits this long for its guest; the grant lasts a second more. */
const UNLOCK_MS = 7_000;
const GRANT_MARGIN_MS = 1_000;
/** What a start could not write is tried again this often. */
const WRITE_AGAIN_MS = 5_000;

/** Name and version that the cloud sees. */
export const SOFTWARE = 'gatehouse-gateway/0.1.0';

export type PartsOptions = Omit<EntranceOptions, 'privateKey' | 'dataDir' | 'random' | 'peers'> & {
  /** How signatures are checked by a key (DER SPKI); in the thread pool if left out. */
  readonly signatureCheck?: typeof createSignatureCheck | undefined;
  /** What makes out what a secure code proves; the shared one if left out. */
  readonly prover?: typeof createProver | undefined;
  /** Room on the disk; without it only the journal itself is looked at. */
  readonly space?: (() => Promise<Space>) | undefined;
};

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
  /** Decides about what they and the handhelds read. */
  readonly admission: Admission;
  start(recovered: Recovered): Promise<void>;
  stop(): Promise<void>;
  uplink(): GatewayStatus['uplink'];
  peers(): GatewayStatus['peers'];
  /** Opens and keeps lanes without a turnstile, one for each handheld. */
  readonly hands: HandLanes;
  views(): GatewayStatus['lanes'];
  tickets(): GatewayStatus['tickets'];
  disk(): GatewayStatus['disk'];
  doorsOpenUntil(): GatewayStatus['doorsOpenUntil'];
}

/** Everything of a configured gateway that a link, a clock and a disk are enough for. */
export function createParts(
  options: PartsOptions,
  shared: Shared,
  link: Link,
  peerLink: PeerLink = ALONE,
): Running {
  const { enrolment, devices, clock, ids, log, tell } = options;
  const { journal, time, store } = shared;
  let tickets = store.state();
  const reservations = createReservations(clock);
  const peers = createPeers({
    ...{ gateway: enrolment.gateway, tenant: enrolment.tenant, tenantKey: enrolment.tenantKey },
    ...{ venue: enrolment.configuration.venue, peers: peerLink, link },
    ...{ journal, store, reservations, clock, log },
    isOnline: () => pulse.state === 'connected',
    onChange() {
      const { heard, missing } = peers;
      log.info({ heard: heard.length, missing }, 'gateways of the venue');
      tell({ type: 'peers', heard, missing });
      for (const view of views()) tell({ type: 'lane', ...view });
    },
    onTickets() {
      tickets = store.state();
      tell({ type: 'tickets', ...tickets });
    },
  });
  const isSplit = () => peers.missing.length > 0;
  const views = () => lanes.map((lane) => ({ ...lane.view(), split: isSplit() }));
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
      peers: { heard: [...peers.heard], missing: [...peers.missing] },
      disk: disk.view,
      health: options.health?.(),
      lanes: lanes.map((lane) => {
        const { lane: id, state, fault, unrecorded } = lane.view();
        return { lane: id, state, fault, unrecorded, skew: skew.of(id) };
      }),
    }),
  });
  const question = createCloudQuestion({ link, clock, log, pulse });
  const { signatureCheck = createSignatureCheck, prover = createProver } = options;
  const prove = prover({
    tenant: enrolment.tenant,
    check: signatureCheck((handle, generation) => store.key(handle, generation)),
    beacon: (index) => store.beacon(index),
  });
  const capacity = createCapacity({
    gateway: enrolment.gateway,
    inTouch: () => pulse.state === 'connected' || !isSplit(),
    gateways: peers.gateways,
    earlier: store.kept('shares') ?? [],
    keep: (shares) => store.keep('shares', shares),
  });
  const admission = createAdmission({
    ...{ gateway: enrolment.gateway, capacity },
    store,
    reservations,
    neighbours: peers,
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
  const tellLane = (event: GatewayEvent) =>
    tell(event.type === 'lane' ? { ...event, split: isSplit() } : event);
  const lanes = makeLanes({ ...options, tell: tellLane }, shared, {
    admission,
    cursor: () => tickets.cursor,
  });
  const { enrolment: mine, policy } = options;
  const hands = createHandLanes({
    ...{ configuration: mine.configuration, gateway: mine.gateway },
    ...{ admission, reservations, store, journal, time, clock, ids, log, policy },
    ...{ tell: tellLane, cursor: () => tickets.cursor, unknownRead: unknownRead(shared.venueKey) },
  });
  let stopped = false;
  let starting: Timer;
  const endless = { free: Number.MAX_SAFE_INTEGER, size: Number.MAX_SAFE_INTEGER };
  const { space = async () => endless } = options;
  const disk = createDiskWatch({
    ...{ journal, space, clock, log },
    onChange: (view) => tell({ type: 'disk', ...view }),
  });
  const obey = createCommands({
    ...{ time, journal, log, cursor: () => tickets.cursor },
    arming: options.arming ?? { armed: false },
    restart: () => options.restart?.(),
    lanes: () =>
      lanes.map((lane, i) => {
        const { lane: id, direction, state } = lane.view();
        const { turnstile } = devices[i] as LaneDevices;
        return { lane: id, direction, isClosed: state === 'closed', turnstile, shut: lane.shut };
      }),
  });
  const commands = {
    start: () =>
      void link.hear('command', (command) => {
        void obey(command).then((said) => link.send('command', said));
      }),
    stop: () => undefined,
  };
  const witness = createWitness({
    ...{ store, link, clock, log, settled: settles.settled },
    isOnline: () => pulse.state === 'connected',
    heard: () => peers.heard,
  });
  const services = [commands, settles, pulse, question, sync, drain, disk, peers, witness];

  return {
    lanes,
    admission,
    hands,
    views,
    peers: () => ({ heard: peers.heard, missing: peers.missing }),
    uplink: () => pulse.state,
    tickets: () => tickets,
    disk: () => disk.view,
    doorsOpenUntil: () => doorsOpenUntil(store.performances.all(), time.now()),
    async start(recovered) {
      const { cursor } = tickets;
      const { passed } = tellApart(recovered, store);
      const untold = untoldBy(recovered, store);
      bringBack(recovered, { store, settles, reservations, share, enrolment });
      const at = () => time.stamp();
      const later = (run: () => void) => {
        if (!stopped) starting = clock.setTimeout(run, WRITE_AGAIN_MS);
      };
      const found = { passed, untold };
      const fault = await writeStart(recovered, { journal, log, at, cursor, ...found, later });
      for (const service of services) service.start();
      for (const passage of untold) settles.send(newsOf(passage));
      hands.start(fault);
      await Promise.all(lanes.map((lane) => lane.start(fault)));
    },
    async stop() {
      stopped = true;
      clock.clearTimeout(starting);
      await Promise.all([hands.stop(), ...lanes.map((lane) => lane.stop())]);
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
  const { entrance, halls, withoutJournal } = configuration;
  return configuration.lanes.slice(0, devices.length).map((lane, i) => {
    const settings: LaneSettings = {
      ...lane,
      ...{ gateway, entrance, halls, withoutJournal, unlockMs: UNLOCK_MS },
    };
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
      unknownRead: unknownRead(venueKey),
    });
  });
}

/** What an unknown code leaves behind: never the text. */
function unknownRead(venueKey: Buffer) {
  const key = createSecretKey(venueKey);
  return ({ code, symbology }: Reading): UnknownRead => ({
    hmac: createHmac('sha256', key).update(code).digest('hex'),
    length: code.length,
    symbology,
  });
}
