import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCloudNode } from './cloud-node.ts';
import { createDoorRules, type DoorRules } from './door-rules.ts';
import { createFaults } from './faults.ts';
import type { GatewayNode } from './gateway-node.ts';
import { createGuests, type Guests } from './guests.ts';
import { checkHealed } from './healed.ts';
import { makeEntrance, planHouse } from './house.ts';
import { createLedger } from './ledger.ts';
import { MUTANTS } from './mutants.ts';
import { meetNeighbours } from './neighbours.ts';
import { createNetwork } from './network.ts';
import { openOffice } from './office.ts';
import { stayInOneThread, trustNews } from './one-thread.ts';
import type { PeerRules } from './peer-rules.ts';
import { createProgramme, DOORS_MS } from './programme.ts';
import type { Story } from './story.ts';
import { openBoxOffice } from './tickets.ts';
import { createWorld, type World } from './world.ts';

/** After the last fault everything has to have come together within this virtual time. */
export const HEAL_MS = 75_000;
/** The cloud's clock says nothing of a decision so soon after it was set. */
const CLOCK_SET_MS = 30_000;
/** A long evening goes on for this long without the cloud, with a guest now and then. */
const OUTAGE_MS = 75 * 60_000;
const LONG_CROWD_MS = 15_000;
/** A folder in memory where the machine has one: simulated disks need no real one. */
const MEMORY = '/dev/shm';

export interface Evening {
  readonly seed: number;
  /** Steps with faults; healing comes on top, and a long evening's outage. */
  readonly steps: number;
  readonly mutant?: string | undefined;
  readonly kinds?: readonly string[] | undefined;
  /** Whether the evening has an outage of more than an hour; a few of a hundred do if left out. */
  readonly long?: boolean | undefined;
  /** Gateways of the house at most; any number if left out. */
  readonly gateways?: number | undefined;
}

/** Plays one evening and gives its story. */
export async function play(evening: Evening): Promise<Story> {
  stayInOneThread();
  const dir = mkdtempSync(join(memoryFolder(), 'gatehouse-simulation-'));
  try {
    return await playIn(dir, evening);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function memoryFolder(): string {
  return process.platform === 'linux' ? MEMORY : tmpdir();
}

async function playIn(dir: string, evening: Evening): Promise<Story> {
  const world = createWorld(evening.seed);
  const { random } = world;
  const venue = await openVenue(world, dir, evening);
  const { cloud, nodes, guests, ledger, box, programme, faults } = venue;
  const isLong = evening.long ?? (random.chance(0.03) && nodes.length <= 2);
  for (const node of nodes) node.boot();
  await world.until(DOORS_MS + 3_000);
  guests.start(random.between(300, 1_500));
  const office = openOffice({ world, cloud, programme, box, sold: ledger.addTicket });
  faults.start(random.between(1_500, 8_000));
  for (let step = 0; step < evening.steps; step++) await world.step();
  office.stop();
  if (isLong) {
    guests.start(LONG_CROWD_MS);
    faults.outage(OUTAGE_MS);
    await world.until(world.now + OUTAGE_MS);
  }
  guests.stop();
  await faults.stop();
  world.story.tell('venue', 'all faults are over');
  await world.until(world.now + HEAL_MS);
  await checkHealed({ ...venue, tickets: box.tickets, office });
  for (const node of nodes) node.crash(false);
  await cloud.crash();
  return world.story;
}

/** Everything of the evening before its first guest. */
async function openVenue(world: World, dir: string, evening: Evening) {
  const { mutant: name, kinds, gateways: most } = evening;
  const mutant = name === undefined ? undefined : MUTANTS[name]?.plant();
  trustNews(mutant?.trustsNews ?? false);
  const plans = planHouse(world, most);
  const network = createNetwork(world, mutant);
  const planOf = (gateway: string) => plans.find(({ id }) => id === gateway.replace(/b+$/, ''));
  const cloud = createCloudNode({
    ...{ world, dir, network, mutant },
    place(gateway, lane) {
      const plan = planOf(gateway);
      const staffed = plan?.lanes.find((one) => one.lane === lane)?.staffed ?? false;
      return plan && { ...plan.place, staffed };
    },
  });
  await cloud.start();
  const programme = await createProgramme(world, cloud.ticketing);
  const box = await openBoxOffice(world, cloud, programme);
  await world.until(DOORS_MS);
  const nodeOf = (gateway: string) => nodes.find(({ id }) => id === gateway);
  const store = (gateway: string) => nodeOf(gateway)?.store();
  const { id: tenant, venueKey } = cloud.ticketing().tenant;
  const neighbours = await meetNeighbours({
    ...{ world, cloud, network, mutant, plans, tenant, store },
    asked: (gateway) => nodeOf(gateway)?.trap('home') ?? false,
  });
  const doorRules = createDoorRules(world, {
    stored(gateway, ticket) {
      const tickets = store(gateway);
      return tickets && ticket.stored(tickets);
    },
    place: (gateway) => planOf(gateway)?.place ?? { entrance: '', halls: [] },
    hasSameList: () => neighbours.members?.changes === 0,
    cloudTime: () => (world.now - cloud.clockSet < CLOCK_SET_MS ? undefined : cloud.clock()),
  });
  const rules = both(doorRules, neighbours.rules);
  const ledger = createLedger(world, (gateway, ticket) => store(gateway)?.status(ticket), rules);
  for (const ticket of box.tickets) ledger.addTicket(ticket);
  const house = { ...neighbours, world, dir, tenant, venueKey, network, mutant, ledger, cloud };
  let crowd: Guests | undefined;
  const gateways = plans.map((plan) => makeEntrance(house, plan, () => crowd));
  const nodes: readonly GatewayNode[] = gateways.map(({ node }) => node);
  const doors = gateways.flatMap((entrance) => entrance.doors);
  const guests = createGuests({ world, ledger, box }, doors);
  crowd = guests;
  const lost = new Set<string>();
  const given = { ...neighbours, world, cloud, network, gateways, ledger, lost, kinds };
  const faults = createFaults(given);
  neighbours.rules.start();
  return { ...neighbours, world, cloud, ledger, box, programme, guests, nodes, faults, lost };
}

function both(door: DoorRules, peers: PeerRules): DoorRules {
  return {
    intent(admission) {
      door.intent(admission);
      peers.intent(admission);
    },
    opened(opening) {
      door.opened(opening);
      peers.opened(opening.admission);
    },
  };
}
