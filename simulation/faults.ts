import type { CloudNode } from './cloud-node.ts';
import { GOOD_SYNC_MS } from './cloud-node.ts';
import {
  blackout,
  type Fault,
  type GatewayFaultParts,
  gatewayFaults,
  type Machine,
} from './gateway-faults.ts';
import { type HandFaultParts, handFaults, handsWhole } from './hand-faults.ts';
import { GOOD_DISK } from './journal-disk.ts';
import { type LocalFaultParts, localFaults } from './local-faults.ts';
import { GOOD_WIRE, type Network, type Wire } from './network.ts';

/** The cloud's clock is set by this much at most. */
export const CLOCK_SET_MAX_MS = 120_000;
/** In an outage of hours other faults come this much less often. */
const SELDOM = 20;

export interface FaultParts extends Omit<LocalFaultParts, 'note' | 'forAWhile'> {
  readonly cloud: CloudNode;
  readonly staff: Pick<HandFaultParts, 'random' | 'hands'>;
  /** Only these kinds, for finding out which ones a failure needs. */
  readonly kinds?: readonly string[] | undefined;
}

/** What goes wrong this evening. */
export interface Faults {
  start(everyMs: number): void;
  /** All gateways are without the cloud for this long. */
  outage(milliseconds: number): void;
  /** Everything is whole again from now on. */
  stop(): Promise<void>;
}

export function createFaults(parts: FaultParts): Faults {
  const { world, cloud, network } = parts;
  const { random, story } = world;
  let going = false;
  let seldom = 1;

  const note = (actor: string, what: string) => {
    story.faults += 1;
    story.tell(actor, `FAULT ${what}`);
  };
  const forAWhile = (from: number, to: number, undo: () => unknown) =>
    world.after(random.between(from, to), undo);

  const given = { ...parts, note, forAWhile };
  /** An evening without it is the same as it was before there was such a fault. */
  const isModern = parts.staff.hands.length > 0 || parts.kinds?.includes('blackout');
  const all: Readonly<Record<string, Fault>> = {
    ...wireFaults(given),
    ...cloudFaults(given),
    ...gatewayFaults(given),
    ...localFaults(given),
    ...handFaults({ ...parts.staff, note, forAWhile }),
    ...(isModern && { blackout: blackout(given) }),
  };
  /** Each evening has its own mix, so that rare ones also happen without the frequent ones. */
  const kinds = (parts.kinds ?? Object.keys(all).filter(() => random.chance(0.5))).filter(
    (kind) => kind in all,
  );

  return {
    start(everyMs) {
      going = true;
      for (const { node } of parts.gateways) node.drift = random.between(-200, 200);
      const next = async () => {
        if (!going || kinds.length === 0) return;
        await all[random.pick(kinds)]?.(random.pick(parts.gateways));
        world.after(random.wait(everyMs * seldom), next);
      };
      world.after(random.wait(everyMs), next);
    },
    outage(milliseconds) {
      note('venue', 'no gateway reaches the cloud');
      seldom = SELDOM;
      network.outage(world.now + milliseconds);
    },
    async stop() {
      going = false;
      for (const { node, gates } of parts.gateways) wholeAgain(network, { node, gates });
      handsWhole(parts.staff.hands);
      parts.local?.repair();
      network.outage(0);
      Object.assign(cloud, { sync: GOOD_SYNC_MS, checking: 0, full: false });
      if (cloud.clockSet > Number.NEGATIVE_INFINITY) cloud.setClock(0);
      if (!cloud.up) await cloud.start();
    },
  };
}

function wholeAgain(network: Network, { node, gates }: Machine): void {
  repair(network, node.id);
  Object.assign(node.disk, GOOD_DISK);
  for (const gate of gates) {
    gate.stuck = false;
    if (gate.fire) gate.setFire(false);
  }
  node.disarm();
  if (!node.up) node.boot();
}

/** A wire in order; who is refused stays refused. */
function repair(network: Network, id: string): void {
  const one = network.wire(id);
  const { refused } = one;
  Object.assign(one, GOOD_WIRE, { refused });
}

function cut(network: Network, id: string, change: Partial<Wire>): void {
  Object.assign(network.wire(id), change);
  if (change.cut) network.noticeCut(id);
}

type Given = GatewayFaultParts & FaultParts;

function wireFaults({ world, network, note, forAWhile }: Given): Record<string, Fault> {
  const { random } = world;

  function wire(id: string, what: string, change: Partial<Wire>): void {
    note(id, what);
    cut(network, id, change);
    forAWhile(1_000, 30_000, () => repair(network, id));
  }

  return {
    loss: ({ node }) => wire(node.id, 'messages get lost', { loss: random.between(0.05, 0.5) }),
    duplicate: ({ node }) =>
      wire(node.id, 'messages come twice', { duplicate: random.between(0.1, 0.6) }),
    reorder: ({ node }) =>
      wire(node.id, 'messages overtake each other', {
        reorder: true,
        delay: random.between(100, 1_200),
      }),
    delay: ({ node }) => wire(node.id, 'slow wire', { delay: random.between(100, 900) }),
    cut: ({ node }) => wire(node.id, 'wire cut', { cut: 'both' }),
    'half-open': ({ node }) =>
      wire(node.id, 'wire dead one way', { cut: random.chance(0.5) ? 'up' : 'down' }),
  };
}

function cloudFaults({ world, cloud, note, forAWhile }: Given): Record<string, Fault> {
  const { random } = world;
  return {
    'cloud-crash': async () => {
      if (!cloud.up) return;
      note('cloud', 'crash');
      await cloud.crash();
      forAWhile(500, 20_000, () => (cloud.up ? undefined : cloud.start()));
    },
    'cloud-slow-disk': () => {
      note('cloud', 'slow disk');
      cloud.sync = random.between(200, 1_500);
      forAWhile(1_000, 12_000, () => {
        cloud.sync = GOOD_SYNC_MS;
      });
    },
    'cloud-full-disk': () => {
      note('cloud', 'disk full');
      cloud.full = true;
      forAWhile(1_000, 15_000, () => {
        cloud.full = false;
      });
    },
    'cloud-clock': () => {
      note('cloud', 'clock is set');
      cloud.setClock(random.between(-CLOCK_SET_MAX_MS, CLOCK_SET_MAX_MS));
    },
    'cloud-busy': () => {
      note('cloud', 'questions wait');
      cloud.checking = random.between(300, 3_000);
      forAWhile(1_000, 12_000, () => {
        cloud.checking = 0;
      });
    },
  };
}
