import type { GatewayNode, Place } from './gateway-node.ts';
import { createHandRules, type HandRules } from './hand-rules.ts';
import { createHandheld, type Handheld } from './handhelds.ts';
import type { Ledger } from './ledger.ts';
import type { Mutant } from './mutants.ts';
import { createRandom, type Random } from './random.ts';
import type { BoxOffice } from './tickets.ts';
import type { World } from './world.ts';

/** Set apart, so that an evening without handhelds is the same as it was before there were any. */
const OTHER_SEED = 0x48_41_4e_44;
/** Of a hundred evenings so many have handhelds. */
const WITH_HANDHELDS = 0.6;
const AT_ONE_GATEWAY_MAX = 2;

export interface StaffParts {
  readonly world: World;
  readonly seed: number;
  /** Whether there are handhelds this evening; the seed says so if left out. */
  readonly handhelds: boolean | undefined;
  readonly box: BoxOffice;
  readonly ledger: () => Ledger;
  readonly mutant: Mutant | undefined;
}

/** People with handhelds, and what must be true of them. */
export interface Staff {
  readonly random: Random;
  readonly rules: HandRules;
  readonly hands: readonly Handheld[];
  hand(lane: string): Handheld | undefined;
  /** Gives handhelds out at some of these gateways. */
  equip(gateways: readonly { readonly node: GatewayNode; readonly place: Place }[]): void;
}

export function createStaff(parts: StaffParts): Staff {
  const { world, seed, handhelds, box, ledger, mutant } = parts;
  const random = createRandom((seed ^ OTHER_SEED) >>> 0);
  const isEquipped = handhelds ?? random.chance(WITH_HANDHELDS);
  const rules = createHandRules(world, ledger, box.truth);
  const hands: Handheld[] = [];
  return {
    ...{ random, rules, hands },
    hand: (lane) => hands.find((one) => one.lane === lane),
    equip(gateways) {
      for (const [g, { node, place }] of isEquipped ? gateways.entries() : []) {
        const count = random.whole(g === 0 ? 1 : 0, AT_ONE_GATEWAY_MAX);
        for (let n = 1; n <= count; n++) {
          const lane = `${node.id}.h${n}`;
          const role = random.chance(0.5) ? ('lead' as const) : ('steward' as const);
          const who = { staff: `ds-${lane}`, role };
          hands.push(createHandheld({ world, random, rules, node, lane, who, place, mutant }));
          const book = { gateway: node.id, direction: 'entry', hasSensor: false } as const;
          ledger().addLane(lane, { ...book, isHand: true });
        }
      }
    },
  };
}
