import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outcomeOf } from '@gatehouse/protocol';
import { createCloudNode } from './cloud-node.ts';
import { createFaults } from './faults.ts';
import { createGate, type Gate } from './gate.ts';
import { createGatewayNode, type GatewayNode } from './gateway-node.ts';
import { createGuests, type Door, type Guests } from './guests.ts';
import { checkHealed } from './healed.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { MUTANTS, type Mutant } from './mutants.ts';
import { createNetwork, type Network } from './network.ts';
import { stayInOneThread } from './one-thread.ts';
import type { Story } from './story.ts';
import { type SoldTicket, sellTickets } from './tickets.ts';
import { createWorld, type World } from './world.ts';

/** After the last fault everything has to have come together within this virtual time. */
export const HEAL_MS = 75_000;
/** A dead gateway is started again after this long at most. */
const RESTART_MS = 15_000;
/** The office changes a ticket about this often. */
const OFFICE_MS = 4_000;
/** A folder in memory where the machine has one: simulated disks need no real one. */
const MEMORY = '/dev/shm';

export interface Evening {
  readonly seed: number;
  /** Steps with faults; healing comes on top. */
  readonly steps: number;
  readonly mutant?: string | undefined;
  readonly kinds?: readonly string[] | undefined;
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

async function playIn(dir: string, { seed, steps, mutant: name, kinds }: Evening): Promise<Story> {
  const world = createWorld(seed);
  const { random } = world;
  const mutant = name === undefined ? undefined : MUTANTS[name]?.plant();
  const ids = Array.from({ length: random.whole(1, 6) }, (_, n) => `g${n + 1}`);
  const network = createNetwork(world, ids, mutant);
  const cloud = createCloudNode({ world, dir, network, mutant });
  await cloud.start();
  const counts = { regular: random.whole(12, 40), secure: random.whole(8, 25) };
  const tickets = await sellTickets(world, cloud, counts);
  const nodes: GatewayNode[] = [];
  const ledger = createLedger(world, (gateway, ticket) =>
    nodes
      .find(({ id }) => id === gateway)
      ?.store()
      ?.status(ticket),
  );
  for (const ticket of tickets) ledger.addTicket(ticket);
  const { id: tenant, venueKey } = cloud.ticketing().tenant;
  const hall = { world, dir, tenant, venueKey, network, mutant, ledger };
  let guests: Guests | undefined;
  const gateways = ids.map((id) => makeGateway(hall, id, () => guests));
  const doors = gateways.flatMap(({ doors: own }) => own);
  guests = createGuests({ world, ledger, tickets }, doors);
  const faults = createFaults({ world, cloud, network, gateways, ledger, kinds });
  for (const { node } of gateways) nodes.push(node);
  for (const node of nodes) node.boot();
  await world.until(3_000);
  const crowd = random.between(300, 1_500);
  guests.start(crowd);
  const office = administer(world, cloud, tickets);
  faults.start(random.between(1_500, 8_000));
  for (let step = 0; step < steps; step++) await world.step();
  guests.stop();
  office.stop();
  await faults.stop();
  world.story.tell('venue', 'all faults are over');
  const healed = world.now + HEAL_MS;
  await world.until(healed);
  await checkHealed({ world, cloud, ledger, guests, nodes, tickets });
  for (const node of nodes) node.crash(false);
  await cloud.crash();
  return world.story;
}

/** An office that blocks tickets now and then, and lets some count again. */
function administer(
  world: World,
  cloud: ReturnType<typeof createCloudNode>,
  tickets: readonly SoldTicket[],
): { stop(): void } {
  const { random, story } = world;
  let open = true;
  const next = () => {
    if (!open) return;
    const ticket = random.pick(tickets);
    const status = random.pick(['blocked', 'cancelled', 'valid', 'valid'] as const);
    if (cloud.up) {
      story.tell('office', `${ticket.id.slice(0, 6)} becomes ${status}`);
      cloud
        .ticketing()
        .changeTicket(ticket.id, { status })
        .catch((fault: Error) => story.tell('office', fault.message));
    }
    world.after(random.wait(OFFICE_MS), next);
  };
  world.after(random.wait(OFFICE_MS), next);
  return {
    stop() {
      open = false;
    },
  };
}

interface Hall {
  readonly world: World;
  readonly dir: string;
  readonly tenant: string;
  readonly venueKey: Uint8Array;
  readonly network: Network;
  readonly mutant: Mutant | undefined;
  readonly ledger: Ledger;
}

interface Entrance {
  readonly node: GatewayNode;
  readonly gates: readonly Gate[];
  readonly doors: readonly Door[];
}

function makeGateway(hall: Hall, id: string, guests: () => Guests | undefined): Entrance {
  const { world, ledger } = hall;
  const { random } = world;
  const sensors = random.chance(0.85);
  const lanes = Array.from({ length: random.whole(1, 3) }, (_, n) => {
    const lane = `${id}.${n + 1}`;
    const direction = n > 0 && random.chance(0.25) ? ('exit' as const) : ('entry' as const);
    ledger.addLane(lane, { gateway: id, direction, hasSensor: sensors });
    const gate = createGate(
      { world, listener: gateListener(hall, lane, () => node, guests) },
      sensors,
    );
    return { lane, direction, staffed: random.chance(0.5), gate };
  });
  const node: GatewayNode = createGatewayNode({
    ...hall,
    ...{ id, lanes, durable: ledger.durable },
    tell(event) {
      ledger.heard(id, event);
      if (event.type !== 'lane' || !event.verdict) return;
      if (outcomeOf(event.verdict.key) !== 'admit') guests()?.refused(event.lane);
    },
    beat: ({ queue }) => ledger.queues(id, node.queue.disk, queue.settles),
    died() {
      ledger.died(id);
      world.after(random.between(300, RESTART_MS), () => node.up || node.boot());
    },
  });
  const doors = lanes.map(({ lane, direction, gate }, index) => {
    return { lane, index, gateway: node, direction, gate };
  });
  return { node, doors, gates: lanes.map(({ gate }) => gate) };
}

function gateListener(
  { ledger }: Hall,
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
    trap: (port: 'unlock' | 'passage') => node().trap(port),
  };
}
