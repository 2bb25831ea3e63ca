import type { Gate } from './gate.ts';
import type { GatewayNode, Port } from './gateway-node.ts';
import { GOOD_DISK } from './journal-disk.ts';
import type { Ledger } from './ledger.ts';
import type { Members } from './members.ts';
import type { Network } from './network.ts';
import type { World } from './world.ts';

const PORTS: readonly Port[] = ['asked', 'written', 'unlock', 'passage', 'settle'];

/** A clock without power goes back by seconds, or by hours. */
const CLOCK_BACK_MS = [
  [5_000, 60_000],
  [60_000, 86_400_000],
] as const;
/** So little that the codes of phones still seem to be of now. */
const CLOCK_LOST_MS = [16_000, 30_000] as const;

/** One gateway with the barriers at its lanes. */
export interface Machine {
  readonly node: GatewayNode;
  readonly gates: readonly Gate[];
}

export interface GatewayFaultParts {
  readonly world: World;
  readonly network: Network;
  readonly gateways: readonly Machine[];
  readonly ledger: Ledger;
  /** Gateways whose rows the cloud can never have: broken, or shut out. */
  readonly lost: Set<string>;
  note(actor: string, what: string): void;
  /** Undone after a while, also when faults have stopped meanwhile. */
  forAWhile(from: number, to: number, undo: () => unknown): unknown;
  /** The cloud's list of gateways; none where it has none. */
  readonly members: Members | undefined;
}

export type Fault = (gateway: Machine) => unknown;

/** Power fails at an entrance with all that hangs on it: its way to the cloud, and its clock. */
export function blackout({ world, network, note, forAWhile }: GatewayFaultParts): Fault {
  return ({ node }) => {
    if (!node.up) return;
    note(node.id, 'power cut with its wire, and a clock that stood still');
    node.crash(true);
    node.stepClock(-world.random.between(...CLOCK_LOST_MS));
    const wire = network.wire(node.id);
    wire.cut = 'both';
    forAWhile(20_000, 60_000, () => {
      wire.cut = 'none';
    });
  };
}

/** What goes wrong with one gateway: its process, its machine, its disk, its clock, its gates. */
export function gatewayFaults(parts: GatewayFaultParts): Readonly<Record<string, Fault>> {
  return { ...processFaults(parts), ...machineFaults(parts), ...identityFaults(parts) };
}

function processFaults({ world, note }: GatewayFaultParts): Record<string, Fault> {
  const { random } = world;
  return {
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
    upgrade: ({ node }) => {
      if (!node.up) return;
      note(node.id, 'upgrade');
      void node.stop();
    },
    'power-cut': ({ node }) => {
      if (!node.up) return;
      note(node.id, 'power cut');
      node.crash(true);
      const [least, most] = random.pick(CLOCK_BACK_MS);
      if (random.chance(0.4)) node.stepClock(-random.between(least, most));
    },
  };
}

function machineFaults(parts: GatewayFaultParts): Record<string, Fault> {
  const { world, ledger, note, forAWhile } = parts;
  const { random } = world;
  return {
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
    'clock-runs-away': ({ node }) => {
      note(node.id, 'clock drifts beyond all measure from its next start on');
      node.drift = random.between(-3_000, 3_000);
    },
    fire: ({ node, gates }) => {
      note(node.id, 'fire alarm');
      ledger.fire(node.id);
      for (const gate of gates) gate.setFire(true);
      forAWhile(2_000, 8_000, () => {
        for (const gate of gates) gate.setFire(false);
      });
    },
    stuck: ({ node, gates }) => {
      const gate = random.pick(gates);
      note(node.id, 'a relay is stuck');
      gate.stuck = true;
      forAWhile(2_000, 12_000, () => {
        gate.stuck = false;
      });
    },
  };
}

function identityFaults(parts: GatewayFaultParts): Record<string, Fault> {
  const { world, network, gateways, ledger, lost, note, members, forAWhile } = parts;
  const { random } = world;
  /** Half of the gateways stay as they are, and so do those of a small house. */
  const maySpare = () => lost.size < Math.floor(gateways.length / 2);
  return {
    certificate: ({ node }) => {
      if (lost.has(node.id)) return;
      note(node.id, 'gets another certificate');
      network.refuse(node.id, world.now + random.between(200, 4_000));
    },
    revoked: ({ node }) => {
      if (!maySpare() || lost.has(node.id) || !random.chance(0.3)) return;
      note(node.id, 'is revoked');
      lost.add(node.id);
      network.refuse(node.id, Number.POSITIVE_INFINITY);
      void members?.revoke(node.id);
    },
    replaced: ({ node }) => {
      if (!maySpare() || lost.has(node.id) || !random.chance(0.3)) return;
      const [old, next] = [node.id, `${node.id}b`];
      note(old, `is broken for good, ${next} takes its place`);
      if (node.up) node.crash(true);
      lost.add(old);
      node.replace(next);
      ledger.replaced(old, next);
      void members?.enrol(next, 'north');
      if (random.chance(0.5)) forAWhile(1_000, 30_000, () => void members?.revoke(old));
    },
  };
}
