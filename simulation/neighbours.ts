import type { TicketStore } from '@gatehouse/gateway/parts';
import type { DeltaBody } from '@gatehouse/protocol';
import type { CloudNode } from './cloud-node.ts';
import type { EntrancePlan } from './house.ts';
import { createLocalNetwork, type LocalNetwork } from './local-network.ts';
import { createMembers, type Members, signDelta } from './members.ts';
import type { Mutant } from './mutants.ts';
import type { Network } from './network.ts';
import { createPeerRules, type PeerRules } from './peer-rules.ts';
import { createPeerViews, type PeerViews } from './peer-views.ts';
import type { World } from './world.ts';

/** Number of a change that the cloud has never made. */
const FORGED_CURSOR = 1_000_000;
const INTRUDER = 'intruder';

export interface NeighboursParts {
  readonly world: World;
  readonly cloud: CloudNode;
  readonly network: Network;
  readonly mutant: Mutant | undefined;
  readonly plans: readonly EntrancePlan[];
  readonly tenant: string;
  /** Whether the process of a gateway has died by being asked as a home. */
  asked(gateway: string): boolean;
  store(gateway: string): TicketStore | undefined;
}

/** What the gateways of the venue have to do with each other this evening. */
export interface Neighbours {
  /** None where there is no network between them. */
  readonly local: LocalNetwork | undefined;
  /** None where the cloud tells them nothing of each other. */
  readonly members: Members | undefined;
  readonly views: PeerViews;
  readonly rules: PeerRules;
  /** Tells a gateway, through another, a change of the cloud's that is none. */
  lie(gateway: string): void;
}

/** Most evenings have a network between gateways; some only the list of them, some neither. */
export async function meetNeighbours(parts: NeighboursParts): Promise<Neighbours> {
  const { world, cloud, network, mutant, plans } = parts;
  const [hasList, hasNetwork] = [world.random.chance(0.85), world.random.chance(0.85)];
  const views = createPeerViews(world);
  const told = (gateway: string, body: DeltaBody) => rules.told(gateway, body);
  const listener = {
    ...{ rows: views.rows, asked: parts.asked },
    delta: (to: string, { delta }: { delta: Parameters<PeerViews['delta']>[1] }) =>
      told(to, views.delta(to, delta)),
  };
  const local = hasList && hasNetwork ? createLocalNetwork(world, listener, mutant) : undefined;
  const rules = createPeerRules(world, { local, views, store: parts.store });
  network.told = (gateway, delta) => told(gateway, views.delta(gateway, delta));
  const members = hasList ? createMembers({ world, cloud }) : undefined;
  for (const { id, place } of plans) await members?.enrol(id, place.entrance);
  world.story.tell('venue', local ? 'gateways hear each other' : 'each gateway is by itself');
  return { local, members, views, rules, lie: (gateway) => lie(parts, local, gateway) };
}

function lie(
  { world, tenant, store }: NeighboursParts,
  local: LocalNetwork | undefined,
  gateway: string,
): void {
  const member = { gateway: INTRUDER, name: '', entrance: 'north', active: true };
  const body: DeltaBody = {
    ...{ tenant, venue: 'venue', from: 0, cursor: FORGED_CURSOR, performances: [], tickets: [] },
    ...{ secure: [], beacons: [], members: [member] },
  };
  const { signature } = signDelta('something else');
  if (!local?.inject(gateway, { type: 'delta', delta: { body: JSON.stringify(body), signature } }))
    return;
  const known = store(gateway)?.kept('members')?.gateways ?? [];
  if (!known.some((one) => one.gateway === INTRUDER)) return;
  world.story.wrong('news-from-cloud', `${gateway} believes what nobody has signed`);
}
