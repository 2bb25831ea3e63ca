import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TicketStore } from '@gatehouse/gateway/parts';
import { createCloudNode } from './cloud-node.ts';
import { createDoorRules, type DoorRules } from './door-rules.ts';
import { createFaults } from './faults.ts';
import { CLOUD_FILE, freshCloud } from './fresh-cloud.ts';
import type { GatewayNode } from './gateway-node.ts';
import { createGuests, type Guests } from './guests.ts';
import { checkHealed } from './healed.ts';
import { type EntrancePlan, makeEntrance, planHouse } from './house.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { MUTANTS } from './mutants.ts';
import { meetNeighbours, type Neighbours } from './neighbours.ts';
import { createNetwork } from './network.ts';
import { openOffice } from './office.ts';
import { stayInOneThread, trustNews } from './one-thread.ts';
import type { PeerRules } from './peer-rules.ts';
import { createProgramme, DOORS_MS } from './programme.ts';
import { createStaff, type Staff } from './staff.ts';
import { createStewards } from './stewards.ts';
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
/** Whoever holds a handheld does something so often, and in a long outage. */
const HAND_MS = 3_500;
const LONG_HAND_MS = 60_000;
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
  /** Whether there are handhelds; most evenings have some if left out. */
  readonly handhelds?: boolean | undefined;
  /** Whether it is over as soon as a promise is broken. */
  readonly toFirst?: boolean | undefined;
}

/** Plays one evening and gives its story. */
export async function play(evening: Evening): Promise<Story> {
  stayInOneThread();
  const dir = mkdtempSync(join(memoryFolder(), 'gatehouse-simulation-'));
  try {
    writeFileSync(join(dir, CLOUD_FILE), await freshCloud());
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
  const { cloud, nodes, guests, ledger, box, programme, faults, stewards, staff } = venue;
  const isLong = evening.long ?? (random.chance(0.03) && nodes.length <= 2);
  for (const node of nodes) node.boot();
  await world.until(DOORS_MS + 3_000);
  guests.start(random.between(300, 1_500));
  stewards.start(HAND_MS);
  const office = openOffice({ world, cloud, programme, box, sold: ledger.addTicket });
  faults.start(random.between(1_500, 8_000));
  const isOver = () => evening.toFirst === true && world.story.violations.length > 0;
  for (let step = 0; step < evening.steps && !isOver(); step++) await world.step();
  office.stop();
  if (isLong && !isOver()) {
    guests.start(LONG_CROWD_MS);
    stewards.start(LONG_HAND_MS);
    faults.outage(OUTAGE_MS);
    await world.until(world.now + OUTAGE_MS);
  }
  guests.stop();
  stewards.stop();
  await faults.stop();
  if (!isOver()) {
    world.story.tell('venue', 'all faults are over');
    await world.until(world.now + HEAL_MS);
    await checkHealed({ ...venue, tickets: box.tickets, office });
    staff.rules.healed();
  }
  for (const node of nodes) node.crash(false);
  await cloud.crash();
  return world.story;
}

/** Everything of the evening before its first guest. */
async function openVenue(world: World, dir: string, evening: Evening) {
  const { mutant: name, kinds, gateways: most, seed, handhelds } = evening;
  const mutant = name === undefined ? undefined : MUTANTS[name]?.plant();
  trustNews(mutant?.trustsNews ?? false);
  const plans = planHouse(world, most);
  const network = createNetwork(world, mutant);
  const planOf = (gateway: string) => plans.find(({ id }) => id === gateway.replace(/b+$/, ''));
  const cloud = createCloudNode({
    ...{ world, dir, network, mutant },
    place(gateway, lane) {
      const plan = planOf(gateway);
      // A lane that nobody has set up is a handheld: somebody holds it.
      const staffed = plan?.lanes.find((one) => one.lane === lane)?.staffed ?? true;
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
    alone: (gateway) => aloneOf(neighbours, gateway, store(gateway)),
    hasSameList: () => neighbours.members?.changes === 0,
    cloudTime: () => (world.now - cloud.clockSet < CLOCK_SET_MS ? undefined : cloud.clock()),
  });
  const staff = createStaff({ world, seed, handhelds, box, mutant, ledger: () => ledger });
  const rules = all(doorRules, neighbours.rules, staff);
  const status = (gateway: string, ticket: string) => store(gateway)?.status(ticket);
  const ledger: Ledger = createLedger(world, status, rules);
  for (const ticket of box.tickets) ledger.addTicket(ticket);
  const house = {
    ...{ ...neighbours, world, dir, tenant, venueKey, network, mutant, ledger, cloud },
    handRules: staff.rules,
  };
  let crowd: Guests | undefined;
  const gateways = plans.map((plan) => makeEntrance(house, plan, () => crowd));
  const nodes: readonly GatewayNode[] = gateways.map(({ node }) => node);
  const doors = gateways.flatMap((entrance) => entrance.doors);
  const guests = createGuests({ world, ledger, box }, doors);
  crowd = guests;
  staff.equip(gateways.map(({ node }, n) => ({ node, place: (plans[n] as EntrancePlan).place })));
  const { shows } = programme;
  const stewards = createStewards({ ...staff, world, box, ledger, guests, shows });
  const lost = new Set<string>();
  const given = { ...neighbours, world, cloud, network, gateways, ledger, lost, kinds, staff };
  const faults = createFaults(given);
  neighbours.rules.start();
  const people = { box, programme, guests, stewards, staff };
  return { ...neighbours, ...people, world, cloud, ledger, nodes, faults, lost };
}

/** Since when a gateway is out of touch with its venue, as far as it has ever known that one. */
function aloneOf({ views, members }: Neighbours, gateway: string, store: TicketStore | undefined) {
  const view = views.of(gateway);
  if (!view?.wasConnected || !store || members?.changes !== 0) return undefined;
  if (view.uplink === 'connected' || view.missing.size === 0) return undefined;
  const active = store.kept('members')?.gateways.filter((one) => one.active) ?? [];
  const gateways = new Set([...active.map((one) => one.gateway), gateway]).size;
  return { since: Math.max(view.uplinkSince, view.splitSince), gateways };
}

function all(door: DoorRules, peers: PeerRules, staff: Staff): DoorRules {
  return {
    intent(admission) {
      door.intent(admission);
      peers.intent(admission);
    },
    opened(opening) {
      door.opened(opening);
      peers.opened(opening.admission);
      const hand = staff.hand(opening.admission.lane);
      if (hand) staff.rules.admitted(hand, opening.admission);
    },
  };
}
