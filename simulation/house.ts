import { outcomeOf } from '@gatehouse/protocol';
import type { CloudNode } from './cloud-node.ts';
import { offBeyond } from './door-rules.ts';
import { createGate } from './gate.ts';
import type { Machine } from './gateway-faults.ts';
import { createGatewayNode, type GatewayNode, type Place } from './gateway-node.ts';
import type { Door, Guests } from './guests.ts';
import type { HandRules } from './hand-rules.ts';
import type { Ledger } from './ledger.ts';
import type { LocalNetwork } from './local-network.ts';
import type { Mutant } from './mutants.ts';
import type { Network } from './network.ts';
import type { PeerViews } from './peer-views.ts';
import type { World } from './world.ts';

/** A dead gateway is started again after this long at most. */
const RESTART_MS = 15_000;
/** Parts per million that a clock may be off without anybody being told. */
const DRIFT_PPM_MAX = 200;
/** How many gateways a house has; most have few. */
const SIZES = [1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 6, 8, 12] as const;
/** Where gateways stand: any hall, or only some. */
const PLACES: readonly Place[] = [
  ...Array.from({ length: 4 }, () => ({ entrance: 'north', halls: [] })),
  { entrance: 'south', halls: [] },
  { entrance: 'north', halls: ['main'] },
  { entrance: 'south', halls: ['studio', 'main'] },
  { entrance: 'south', halls: ['studio'] },
];

export interface House {
  readonly world: World;
  readonly dir: string;
  readonly tenant: string;
  readonly venueKey: Uint8Array;
  readonly network: Network;
  readonly local: LocalNetwork | undefined;
  readonly views: PeerViews;
  readonly mutant: Mutant | undefined;
  readonly ledger: Ledger;
  readonly handRules: Pick<HandRules, 'ended'>;
  readonly cloud: Pick<CloudNode, 'clockSet'>;
}

/** Where lanes are: what an administrator has written down of them. */
export interface LanePlan {
  readonly lane: string;
  readonly direction: 'entry' | 'exit';
  readonly staffed: boolean;
}

export interface EntrancePlan {
  readonly id: string;
  readonly place: Place;
  readonly sensors: boolean;
  readonly lanes: readonly LanePlan[];
}

export interface Entrance extends Machine {
  readonly doors: readonly Door[];
}

/**
 * Draws how many gateways there are, where, and which lanes they have.
 * @param most gateways
 */
export function planHouse({ random }: World, most = Number.POSITIVE_INFINITY): EntrancePlan[] {
  const sizes = SIZES.filter((size) => size <= most);
  return Array.from({ length: random.pick(sizes) }, (_, g) => {
    const id = `g${g + 1}`;
    const lanes = Array.from({ length: random.whole(1, 3) }, (_, n) => ({
      lane: `${id}.${n + 1}`,
      direction: n > 0 && random.chance(0.4) ? ('exit' as const) : ('entry' as const),
      staffed: random.chance(0.5),
    }));
    const place = g === 0 ? (PLACES[0] as Place) : random.pick(PLACES);
    return { id, place, sensors: random.chance(0.8), lanes };
  });
}

export function makeEntrance(
  house: House,
  plan: EntrancePlan,
  guests: () => Guests | undefined,
): Entrance {
  const { world, ledger } = house;
  const { id, place, sensors } = plan;
  const believed = house.mutant?.relay === 'believed';
  const lanes = plan.lanes.map((one) => {
    ledger.addLane(one.lane, { gateway: id, direction: one.direction, hasSensor: sensors });
    const listener = gateListener(house, one.lane, () => node, guests);
    return { ...one, gate: createGate({ world, listener, believed }, sensors) };
  });
  const node: GatewayNode = createGatewayNode({
    ...house,
    ...{ id, place, lanes, durable: ledger.durable, written: ledger.written },
    tell(event) {
      ledger.heard(node.id, event);
      house.views.event(node.id, event);
      if (event.type !== 'lane' || !event.verdict) return;
      if (outcomeOf(event.verdict.key) !== 'admit') guests()?.refused(event.lane);
    },
    beat(gateway, { queue, at }) {
      ledger.queues(gateway, node.queue.disk, queue.settles);
      const isFair = node.wildest <= DRIFT_PPM_MAX && house.cloud.clockSet < 0;
      const off = isFair ? offBeyond(world, at) : 0;
      if (off > 0) world.story.wrong('clock-honest', `${gateway} is off by ${off} ms more`);
    },
    begins: () => house.views.begins(node.id),
    stops: () => ledger.died(node.id),
    ended(stopped) {
      ledger.died(node.id);
      house.handRules.ended(node.id);
      house.views.ended(node.id);
      const after = stopped ? random(world, 1_000, 5_000) : random(world, 300, RESTART_MS);
      world.after(after, () => node.up || node.boot());
    },
  });
  const doors = lanes.map(({ lane, direction, gate }, index) => {
    return { lane, index, gateway: node, direction, gate, place };
  });
  return { node, doors, gates: lanes.map(({ gate }) => gate) };
}

const random = ({ random: chance }: World, from: number, to: number) => chance.between(from, to);

function gateListener(
  { ledger }: House,
  lane: string,
  node: () => GatewayNode,
  guests: () => Guests | undefined,
) {
  return {
    pulse(direction: 'entry' | 'exit', milliseconds: number) {
      ledger.pulse(lane, direction, milliseconds);
      guests()?.opened(lane);
    },
    signal: (signal: string) => ledger.signal(lane, signal),
    passage: (open: boolean) => ledger.passage(lane, open),
    lock: (off: boolean) => ledger.lock(lane, off),
    trap: (port: 'unlock' | 'passage') => node().trap(port),
  };
}
