import type { CloudNode } from './cloud-node.ts';
import { GOOD_SYNC_MS } from './cloud-node.ts';
import type { Gate } from './gate.ts';
import type { GatewayNode, Port } from './gateway-node.ts';
import { GOOD_DISK } from './journal-disk.ts';
import type { Ledger } from './ledger.ts';
import { GOOD_WIRE, type Network, type Wire } from './network.ts';
import type { World } from './world.ts';

const PORTS: readonly Port[] = ['asked', 'written', 'unlock', 'passage', 'settle'];

export interface FaultParts {
  readonly world: World;
  readonly cloud: CloudNode;
  readonly network: Network;
  readonly gateways: readonly { node: GatewayNode; gates: readonly Gate[] }[];
  readonly ledger: Ledger;
  /** Only these kinds, for finding out which ones a failure needs. */
  readonly kinds?: readonly string[] | undefined;
}

/** What goes wrong this evening. */
export interface Faults {
  start(everyMs: number): void;
  /** Everything is whole again from now on. */
  stop(): Promise<void>;
}

type Fault = (gateway: FaultParts['gateways'][number]) => unknown;

export function createFaults(parts: FaultParts): Faults {
  const { world, cloud, network, ledger } = parts;
  const { random, story } = world;
  let going = false;

  const note = (actor: string, what: string) => {
    story.faults += 1;
    story.tell(actor, `FAULT ${what}`);
  };
  /** Undone after a while, also when faults have stopped meanwhile. */
  const forAWhile = (from: number, to: number, undo: () => unknown) =>
    world.after(random.between(from, to), undo);

  function wire(id: string, what: string, change: Partial<Wire>): void {
    note(id, what);
    const one = network.wires.get(id) as Wire;
    Object.assign(one, change);
    if (change.cut) network.noticeCut(id);
    forAWhile(1_000, 30_000, () => Object.assign(one, GOOD_WIRE));
  }

  async function crashCloud(): Promise<void> {
    if (!cloud.up) return;
    note('cloud', 'crash');
    await cloud.crash();
    forAWhile(500, 20_000, () => (cloud.up ? undefined : cloud.start()));
  }

  const all: Readonly<Record<string, Fault>> = {
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
    'cloud-crash': crashCloud,
    'cloud-slow-disk': () => {
      note('cloud', 'slow disk');
      cloud.sync = random.between(200, 1_500);
      forAWhile(1_000, 12_000, () => {
        cloud.sync = GOOD_SYNC_MS;
      });
    },
    'cloud-busy': () => {
      note('cloud', 'questions wait');
      cloud.checking = random.between(300, 3_000);
      forAWhile(1_000, 12_000, () => {
        cloud.checking = 0;
      });
    },
    crash: ({ node }) => {
      if (!node.up) return;
      note(node.id, 'crash');
      node.crash(false);
    },
    trap: ({ node }) => {
      if (!node.up) return;
      const port = random.pick(PORTS);
      note(node.id, `will crash at ${port}`);
      node.arm(port, random.whole(1, 3));
    },
    'power-cut': ({ node }) => {
      if (!node.up) return;
      note(node.id, 'power cut');
      node.crash(true);
      if (random.chance(0.3)) node.stepClock(-random.between(60_000, 86_400_000));
    },
    'disk-full': ({ node }) => {
      note(node.id, 'disk full');
      node.disk.full = true;
      forAWhile(1_000, 15_000, () => {
        node.disk.full = false;
      });
    },
    'slow-disk': ({ node }) => {
      note(node.id, 'slow disk');
      node.disk.sync = random.between(100, 3_500);
      forAWhile(1_000, 12_000, () => Object.assign(node.disk, { sync: GOOD_DISK.sync }));
    },
    'clock-step': ({ node }) => {
      note(node.id, 'clock is set');
      node.stepClock(random.between(-3_600_000, 3_600_000));
    },
    fire: ({ node, gates }) => {
      note(node.id, 'fire alarm');
      ledger.fire(node.id);
      for (const gate of gates) gate.setFire(true);
      forAWhile(2_000, 8_000, () => {
        for (const gate of gates) gate.setFire(false);
      });
    },
  };
  /** Each evening has its own mix, so that rare ones also happen without the frequent ones. */
  const kinds = (parts.kinds ?? Object.keys(all).filter(() => random.chance(0.55))).filter(
    (kind) => kind in all,
  );

  return {
    start(everyMs) {
      going = true;
      for (const { node } of parts.gateways) node.drift = random.between(-200, 200);
      const next = async () => {
        if (!going || kinds.length === 0) return;
        await all[random.pick(kinds)]?.(random.pick(parts.gateways));
        world.after(random.wait(everyMs), next);
      };
      world.after(random.wait(everyMs), next);
    },
    async stop() {
      going = false;
      for (const { node, gates } of parts.gateways) {
        Object.assign(network.wires.get(node.id) as Wire, GOOD_WIRE);
        Object.assign(node.disk, GOOD_DISK);
        for (const gate of gates) if (gate.fire) gate.setFire(false);
        node.disarm();
        if (!node.up) node.boot();
      }
      cloud.sync = GOOD_SYNC_MS;
      cloud.checking = 0;
      if (!cloud.up) await cloud.start();
    },
  };
}
