import type { CloudNode } from './cloud-node.ts';
import { row, rows } from './cloud-rows.ts';
import { countedOnce, doublesFlagged, peopleCounted } from './counted.ts';
import { CLOCK_SET_MAX_MS } from './faults.ts';
import type { GatewayNode } from './gateway-node.ts';
import type { Door, Guests } from './guests.ts';
import { hasPassed, type Ledger, short } from './ledger.ts';
import type { LocalNetwork } from './local-network.ts';
import { neighboursHealed } from './neighbours-healed.ts';
import type { Office } from './office.ts';
import type { PeerRules } from './peer-rules.ts';
import type { PeerViews } from './peer-views.ts';
import { offlineRechecked, overridesNamed, revokedFlagged, scansKnown } from './rechecked.ts';
import type { Staff } from './staff.ts';
import type { Stewards } from './stewards.ts';
import type { SoldTicket } from './tickets.ts';
import { EVENING, type World } from './world.ts';

/** Tickets that nobody passed on are tried this far apart at one lane. */
const TRY_MS = 16_000;
/** So many of them at each lane. */
const TRIES_MAX = 3;
/** What the last guests did has to be in the cloud this long after. */
const AFTERWARDS_MS = 20_000;

export interface HealedParts {
  readonly world: World;
  readonly cloud: CloudNode;
  readonly ledger: Ledger;
  readonly guests: Guests;
  readonly staff: Pick<Staff, 'hands'>;
  readonly stewards: Pick<Stewards, 'send'>;
  readonly nodes: readonly GatewayNode[];
  readonly tickets: readonly SoldTicket[];
  readonly office: Office;
  readonly local: LocalNetwork | undefined;
  readonly views: PeerViews;
  readonly rules: PeerRules;
  /** Gateways whose rows the cloud can never have. */
  readonly lost: ReadonlySet<string>;
}

/** What has to hold once every fault is over and there was time to come together. */
export async function checkHealed(parts: HealedParts): Promise<void> {
  converged(parts);
  await tryUnused(parts);
  await parts.world.until(parts.world.now + AFTERWARDS_MS);
  rowsInCloud(parts);
  grantsEnded(parts);
  countedOnce(parts);
  peopleCounted(parts);
  doublesFlagged(parts);
  await neighboursHealed(parts);
  scansKnown(parts);
  revokedFlagged(parts);
  overridesNamed(parts);
  await offlineRechecked(parts);
}

function converged({ world, nodes, ledger, cloud, lost, staff }: HealedParts): void {
  const cursor = cloud.ticketing().door.cursor();
  for (const node of nodes) {
    if (lost.has(node.id)) continue;
    const { disk, rows } = node.queue;
    const known = node.store()?.state().cursor;
    const behind = known !== cursor ? `knows ${known} of ${cursor}` : '';
    const waiting = disk + rows > 0 ? `${disk} and ${rows} rows wait` : '';
    if (behind || waiting) world.story.wrong('heals', `${node.id} ${behind} ${waiting}`);
  }
  for (const { lane, node } of staff.hands) {
    const fault = node.hands()?.lanes.open(lane).fault();
    if (fault !== undefined) world.story.wrong('heals', `${lane} is closed for ${fault}`);
  }
  for (const state of ledger.states()) {
    if (!state.endsWith(' idle')) world.story.wrong('heals', `${state} after all faults`);
  }
}

/** A valid ticket that nobody passed on is admitted, unless a lane died holding its grant. */
async function tryUnused(parts: HealedParts): Promise<void> {
  const { world, guests, tickets, lost } = parts;
  const doors = guests.doors.filter(
    ({ direction, gateway }) => direction === 'entry' && !lost.has(gateway.id),
  );
  const good = tickets.filter((ticket) => isUnused(parts, ticket));
  for (const hand of parts.staff.hands) {
    const [ticket] = lost.has(hand.node.id) ? [] : take(world, good, hand);
    if (!ticket) continue;
    void parts.stewards.send(hand, ticket).then((isIn) => isIn || burnt(parts, ticket, hand.lane));
  }
  for (let round = 0; round < TRIES_MAX && good.length > 0; round++) {
    for (const door of doors) {
      const [ticket] = take(world, good, door);
      if (!ticket) continue;
      door.front = undefined;
      void guests.send(door, ticket).then((isIn) => isIn || burnt(parts, ticket, door.lane));
    }
    await world.until(world.now + TRY_MS);
  }
}

function burnt({ world }: HealedParts, { id }: SoldTicket, lane: string): void {
  const what = `${short(id)} was refused at ${lane}, and nobody had passed on it`;
  world.story.wrong('nobody-burnt', what);
}

/** Takes a ticket that is good here off the list. */
function take(world: World, good: SoldTicket[], where: Pick<Door, 'place'>): SoldTicket[] {
  const at = good.findIndex((ticket) => isHere(world, ticket, where));
  return at < 0 ? [] : good.splice(at, 1);
}

/** Whether a ticket is good at this door and at this time. */
function isHere({ now }: World, { show, entrances }: SoldTicket, { place }: Pick<Door, 'place'>) {
  const { opens, closes, hall, capacity } = show.settings();
  const time = EVENING + now;
  const isOpen = time > opens && time + TRY_MS < closes && capacity === null;
  const isItsHall = place.halls.length === 0 || place.halls.includes(hall);
  return isOpen && isItsHall && (entrances.length === 0 || entrances.includes(place.entrance));
}

function isUnused({ cloud, ledger, lost }: HealedParts, ticket: SoldTicket): boolean {
  const { id } = ticket;
  const found = row<{ status: string; generation: number } | undefined>(
    cloud,
    'select status, generation from tickets where id = ?',
    id,
  );
  if (found?.status !== 'valid') return false;
  // A delivery of which the office never heard the end, or settings of which it did not.
  if (ticket.secure && found.generation !== ticket.generation(Number.POSITIVE_INFINITY))
    return false;
  if (ticket.show.possible(Number.POSITIVE_INFINITY).length > 1) return false;
  for (const admission of ledger.admissions.values()) {
    if (admission.intent.ticket !== id) continue;
    const { result } = admission;
    const isOver = result === 'released' || result === 'cancelled';
    if (hasPassed(admission) || admission.pushed || !isOver) return false;
    // Who has heard of the grant may never hear of its end.
    if (lost.has(admission.gateway)) return false;
  }
  // A gateway that died before its intent was on disk leaves the cloud's grant to a person.
  return orphans(cloud, id) === 0;
}

function orphans(cloud: CloudNode, ticket: string): number {
  return row<{ n: number }>(cloud, 'select count(*) as n from grants where ticket = ?', ticket).n;
}

interface StoredRow {
  readonly gateway: string;
  readonly epoch: string;
  readonly seq: number;
  readonly body: string;
  readonly parked: string | null;
}

/** Every row that a disk ever held is in the cloud once, word for word, and no other. */
function rowsInCloud({ world, cloud, ledger, lost }: HealedParts): void {
  const stored = new Map<string, StoredRow>();
  for (const one of rows<StoredRow>(cloud, 'select * from journal')) {
    const name = `${one.gateway}/${one.epoch}/${one.seq}`;
    if (stored.has(name)) world.story.wrong('row-once', `${name} is stored twice`);
    if (one.parked !== null) world.story.wrong('row-once', `${name} is parked: ${one.parked}`);
    stored.set(name, one);
  }
  for (const { gateway, epoch, seq, text } of ledger.rows) {
    const name = `${gateway}/${epoch}/${seq}`;
    const found = stored.get(name);
    if (!found && lost.has(gateway)) continue;
    if (!found) world.story.wrong('row-once', `${name} is not in the cloud`);
    else if (found.body !== text) world.story.wrong('row-once', `${name} says something else`);
    stored.delete(name);
  }
  for (const name of stored.keys()) {
    world.story.wrong('row-once', `${name} was never on a disk`);
  }
}

/** A grant that is still open is one whose gateway died with it. */
function grantsEnded({ world, cloud, ledger, nodes, lost }: HealedParts): void {
  const open = rows<{ gateway: string; scan: string; ticket: string; granted: number }>(
    cloud,
    'select gateway, scan, ticket, granted from grants',
  );
  const setBy = cloud.clockSet > Number.NEGATIVE_INFINITY ? CLOCK_SET_MAX_MS : 0;
  for (const { gateway, scan, ticket, granted } of open) {
    const { result } = ledger.admissions.get(scan) ?? {};
    const ended = result !== undefined && result !== 'unsettled';
    const node = nodes.find(({ id }) => id === gateway);
    if (lost.has(gateway)) continue;
    if (ended || !node?.diedAfter(granted - setBy)) {
      const what = `${gateway} still holds ${short(ticket)} (${result ?? 'no result'})`;
      world.story.wrong('grant-ends', what);
    }
  }
}
