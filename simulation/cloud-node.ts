import { join } from 'node:path';
import {
  type Clock,
  type ConflictDesk,
  createConflictDesk,
  createDeltas,
  createDesk,
  createTicketing,
  createTicketReads,
  createValidator,
  type Deltas,
  type Log,
  loadTenant,
  openStore,
  type Store,
  type Ticketing,
  type Validator,
} from '@gatehouse/cloud/parts';
import type { JournalBatch } from '@gatehouse/protocol';
import { CLOUD_FILE } from './fresh-cloud.ts';
import { pretendedSync } from './journal-disk.ts';
import { signDelta } from './members.ts';
import type { Mutant } from './mutants.ts';
import type { Network } from './network.ts';
import { EVENING, type Happening, type World } from './world.ts';

/** The cloud's disk, while it is in order: milliseconds of one sync on average. */
export const GOOD_SYNC_MS = 4;

const silent: Log = { info() {}, warn() {}, error() {} };

/** The cloud's process and its disk. */
export interface CloudNode {
  readonly up: boolean;
  /** What the administrator's pages use; throws while the cloud is down. */
  ticketing(): Ticketing;
  store(): Store;
  /** Double admissions and others, as people see them. */
  conflicts(): ConflictDesk;
  /** Takes journal rows as if a gateway had sent them. */
  journal(gateway: string, batch: JournalBatch): Promise<unknown>;
  start(): Promise<void>;
  /** The process dies with everything that was not on disk. */
  crash(): Promise<void>;
  /** Milliseconds of one sync on average. */
  sync: number;
  /** Its disk takes nothing new. */
  full: boolean;
  /** Sets its clock this many milliseconds ahead of what is so. */
  setClock(ahead: number): void;
  /** When that was last done; never for an evening without it. */
  readonly clockSet: number;
  /** Its clock, milliseconds since 1970. */
  readonly clock: () => number;
  /** Milliseconds that questions wait for the threads that check signatures, on average. */
  checking: number;
}

/** Pages of the database, at most: those it has, and more than it ever needs. */
const PAGES = { full: 1, enough: 1_073_741_823 } as const;

interface Running {
  readonly ticketing: Ticketing;
  readonly store: Store;
  readonly validator: Validator;
  readonly desk: ConflictDesk;
  readonly deltas: Deltas;
  /** Every timer and every pending commit of it end. */
  readonly life: { alive: boolean; settled: boolean };
}

export interface CloudParts {
  readonly world: World;
  readonly dir: string;
  readonly network: Network;
  readonly mutant: Mutant | undefined;
  readonly place: (gateway: string, lane: string) => LanePlace | undefined;
}

/** Where a lane is, as far as the cloud has to know it. */
export interface LanePlace {
  readonly entrance: string;
  readonly halls: string[];
  readonly staffed: boolean;
}

export function createCloudNode(parts: CloudParts): CloudNode {
  const { world, network, mutant } = parts;
  const file = join(parts.dir, CLOUD_FILE);
  let running: Running | undefined;
  let full = false;
  let step = 0;
  let clockSet = Number.NEGATIVE_INFINITY;
  let image: { restore(): void } | undefined;

  function now(): Running {
    if (!running) throw new Error('the cloud is down');
    return running;
  }

  function setPages(pages: number): void {
    running?.store.prepare(`pragma max_page_count = ${pages}`).get();
  }

  const node: CloudNode = {
    sync: GOOD_SYNC_MS,
    checking: 0,
    setClock(ahead) {
      step = ahead;
      clockSet = world.now;
    },
    get clockSet() {
      return clockSet;
    },
    clock: () => Math.round(EVENING + world.now + step),
    get full() {
      return full;
    },
    set full(is) {
      full = is;
      setPages(is ? PAGES.full : PAGES.enough);
    },
    get up() {
      return running !== undefined;
    },
    ticketing: () => now().ticketing,
    store: () => now().store,
    conflicts: () => now().desk,
    journal: (gateway, batch) => now().validator.journal(gateway, batch),
    async start() {
      const life = { alive: true, settled: false };
      const clock = cloudClock(world, life, node);
      const random = (length: number) => world.random.bytes(length);
      const opened = await openStore(file, clock);
      const store = durable(world, mutant?.store?.(opened) ?? opened, life, node);
      const log = silent;
      const tenant = await loadTenant(store, random);
      const ticketing = createTicketing({ store, tenant, clock, random, log });
      await ticketing.start();
      const desk = createConflictDesk({ store, door: ticketing.door, clock });
      const { place } = parts;
      const validator = createValidator({ ticketing, clock, log, place, watch: desk.watch });
      const reads = createTicketReads(store);
      const { page: tickets } = reads;
      const { live, delta: send } = network;
      const deltas = createDeltas({
        ...{ store, reads, tenant: tenant.id, clock, log },
        ...{ sign: signDelta, live, send },
      });
      network.greet = (gateway) => life.alive && deltas.greet(gateway);
      ticketing.onChange(() => {
        if (!life.alive) return;
        deltas.changed();
        network.nudge(ticketing.door.cursor());
      });
      const receive = createDesk({ validator, clock, log, tickets, heard: () => undefined });
      network.serve((gateway, name, bytes, answer) => {
        const isPage = name === 'tickets';
        if (isPage) world.outside(1);
        const take = () =>
          receive(gateway, name, bytes, (to, message) => {
            if (isPage) world.outside(-1);
            answer(to, message);
          });
        if (name !== 'validate' || node.checking === 0) take();
        else world.after(world.random.wait(node.checking), () => life.alive && take());
      });
      life.settled = true;
      running = { ticketing, store: opened, validator, desk, deltas, life };
      if (full) setPages(PAGES.full);
      if (mutant?.cloud === 'ack-before-commit') {
        image = pretendedSync({ world, file }, () => life.alive);
      }
      world.story.tell('cloud', 'is up');
    },
    async crash() {
      const { life, ticketing, store, deltas } = now();
      running = undefined;
      life.alive = false;
      network.serve(undefined);
      deltas.stop();
      ticketing.stop();
      await store.stop();
      image?.restore();
    },
  };
  return node;
}

function cloudClock(
  world: World,
  life: { alive: boolean },
  { clock: now }: Pick<CloudNode, 'clock'>,
): Clock {
  return {
    now,
    monotonic: () => world.now,
    setTimeout: (run, milliseconds) => world.after(milliseconds, () => life.alive && run()),
    clearTimeout: (timer) => world.cancel(timer as Happening | undefined),
  };
}

/** The store behind a disk that takes time: a commit may be cut off before or after its sync. */
function durable(
  world: World,
  store: Store,
  life: { alive: boolean; settled: boolean },
  disk: { readonly sync: number },
): Store {
  const wait = () =>
    new Promise<void>((done) => {
      world.after(world.random.wait(disk.sync / 2), () => life.alive && done());
    });
  return {
    ...store,
    async batch(work) {
      // Before the cloud is up nobody waits for it in virtual time.
      if (!life.settled) return store.batch(work);
      await wait();
      const result = await store.batch(work);
      await wait();
      return result;
    },
  };
}
