import { join } from 'node:path';
import {
  type Clock,
  createConflictDesk,
  createDesk,
  createTicketing,
  createValidator,
  type Log,
  loadTenant,
  openStore,
  type Store,
  type Ticketing,
  ticketPages,
} from '@gatehouse/cloud/parts';
import { pretendedSync } from './journal-disk.ts';
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
  start(): Promise<void>;
  /** The process dies with everything that was not on disk. */
  crash(): Promise<void>;
  /** Milliseconds of one sync on average. */
  sync: number;
  /** Milliseconds that questions wait for the threads that check signatures, on average. */
  checking: number;
}

interface Running {
  readonly ticketing: Ticketing;
  readonly store: Store;
  /** Every timer and every pending commit of it end. */
  readonly life: { alive: boolean; settled: boolean };
}

export interface CloudParts {
  readonly world: World;
  readonly dir: string;
  readonly network: Network;
  readonly mutant: Mutant | undefined;
}

export function createCloudNode(parts: CloudParts): CloudNode {
  const { world, network, mutant } = parts;
  const file = join(parts.dir, 'cloud.db');
  let running: Running | undefined;
  let image: { restore(): void } | undefined;

  function now(): Running {
    if (!running) throw new Error('the cloud is down');
    return running;
  }

  const node: CloudNode = {
    sync: GOOD_SYNC_MS,
    checking: 0,
    get up() {
      return running !== undefined;
    },
    ticketing: () => now().ticketing,
    store: () => now().store,
    async start() {
      const life = { alive: true, settled: false };
      const clock = cloudClock(world, life);
      const random = (length: number) => world.random.bytes(length);
      const opened = await openStore(file, clock);
      const store = durable(world, mutant?.store?.(opened) ?? opened, life, node);
      const log = silent;
      const tenant = await loadTenant(store, random);
      const ticketing = createTicketing({ store, tenant, clock, random, log });
      await ticketing.start();
      const desk = createConflictDesk({ store, door: ticketing.door, clock });
      const place = () => ({ entrance: 'main', halls: [], staffed: false });
      const validator = createValidator({ ticketing, clock, log, place, watch: desk.watch });
      ticketing.onChange(() => life.alive && network.nudge(ticketing.door.cursor()));
      const tickets = ticketPages(store);
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
      running = { ticketing, store: opened, life };
      if (mutant?.cloud === 'ack-before-commit') {
        image = pretendedSync({ world, file }, () => life.alive);
      }
      world.story.tell('cloud', 'is up');
    },
    async crash() {
      const { life, ticketing, store } = now();
      running = undefined;
      life.alive = false;
      network.serve(undefined);
      ticketing.stop();
      await store.stop();
      image?.restore();
    },
  };
  return node;
}

function cloudClock(world: World, life: { alive: boolean }): Clock {
  return {
    now: () => Math.round(EVENING + world.now),
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
