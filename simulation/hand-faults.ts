import type { Fault, Machine } from './gateway-faults.ts';
import type { Port } from './gateway-node.ts';
import { GOOD_WIFI, type Handheld, type Wifi } from './handhelds.ts';
import type { Random } from './random.ts';

/** Where a gateway dies between a scan of a handheld and its answer. */
const PORTS: readonly Port[] = ['asked', 'written', 'answer'];

export interface HandFaultParts {
  readonly random: Random;
  readonly hands: readonly Handheld[];
  note(actor: string, what: string): void;
  forAWhile(from: number, to: number, undo: () => unknown): unknown;
}

/** What goes wrong with handhelds, with the air around them, and with whoever answers them. */
export function handFaults(parts: HandFaultParts): Readonly<Record<string, Fault>> {
  const { random, hands, note, forAWhile } = parts;
  if (hands.length === 0) return {};

  /** One of the gateway's, or of any. */
  function one({ node }: Machine): Handheld {
    const its = hands.filter((hand) => hand.node === node);
    return random.pick(its.length > 0 ? its : hands);
  }

  function air(hand: Handheld, what: string, change: Partial<Wifi>): void {
    note(hand.lane, what);
    Object.assign(hand.wifi, change);
    forAWhile(1_000, 15_000, () => Object.assign(hand.wifi, GOOD_WIFI));
  }

  return {
    'wifi-loss': (machine) =>
      air(one(machine), 'bad Wi-Fi', {
        loss: random.between(0.1, 0.5),
        duplicate: random.between(0.05, 0.5),
        delay: random.between(20, 800),
      }),
    'wifi-cut': (machine) => air(one(machine), 'no Wi-Fi', { cut: true }),
    'hand-dies': (machine) => {
      const hand = one(machine);
      if (!hand.up) return;
      note(hand.lane, 'its battery is empty');
      hand.die();
      forAWhile(2_000, 20_000, () => hand.boot());
    },
    'hand-unpaired': (machine) => {
      const hand = one(machine);
      if (!hand.paired || !hand.node.serves) return;
      note(hand.lane, 'is unpaired');
      hand.unpair();
    },
    'hand-crash': (machine) => {
      const { node } = one(machine);
      if (!node.up) return;
      const port = random.pick(PORTS);
      note(node.id, `will crash at ${port}`);
      node.arm(port, random.whole(1, 2));
    },
  };
}

/** All as it should be, and paired. */
export function handsWhole(hands: readonly Handheld[]): void {
  for (const hand of hands) {
    Object.assign(hand.wifi, GOOD_WIFI);
    hand.boot();
    hand.pair();
  }
}
