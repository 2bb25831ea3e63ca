import type { CloudNode } from './cloud-node.ts';
import type { GatewayNode } from './gateway-node.ts';
import type { Guests } from './guests.ts';
import { hasPassed, type Ledger, short } from './ledger.ts';
import type { SoldTicket } from './tickets.ts';
import type { World } from './world.ts';

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
  readonly nodes: readonly GatewayNode[];
  readonly tickets: readonly SoldTicket[];
}

/** What has to hold once every fault is over and there was time to come together. */
export async function checkHealed(parts: HealedParts): Promise<void> {
  converged(parts);
  await tryUnused(parts);
  await parts.world.until(parts.world.now + AFTERWARDS_MS);
  rowsInCloud(parts);
  grantsEnded(parts);
  countedOnce(parts);
  doublesFlagged(parts);
}

function converged({ world, nodes, ledger, cloud }: HealedParts): void {
  const cursor = cloud.ticketing().door.cursor();
  for (const node of nodes) {
    const { disk, rows } = node.queue;
    const known = node.store()?.state().cursor;
    const behind = known !== cursor ? `knows ${known} of ${cursor}` : '';
    const waiting = disk + rows > 0 ? `${disk} and ${rows} rows wait` : '';
    if (behind || waiting) world.story.wrong('heals', `${node.id} ${behind} ${waiting}`);
  }
  for (const state of ledger.states()) {
    if (!state.endsWith(' idle')) world.story.wrong('heals', `${state} after all faults`);
  }
}

/** A valid ticket that nobody passed on is admitted, unless a lane died holding its grant. */
async function tryUnused({ world, cloud, ledger, guests, tickets }: HealedParts): Promise<void> {
  const doors = guests.doors.filter(({ direction }) => direction === 'entry');
  const good = tickets
    .filter(({ id }) => isUnused(cloud, ledger, id))
    .slice(0, TRIES_MAX * doors.length);
  for (let n = 0; n < good.length; n += doors.length) {
    for (const [i, ticket] of good.slice(n, n + doors.length).entries()) {
      const door = doors[i] as (typeof doors)[0];
      door.front = undefined;
      void guests.send(door, ticket).then((opened) => {
        const what = `${short(ticket.id)} was refused at ${door.lane}, and nobody had passed on it`;
        if (!opened) world.story.wrong('nobody-burnt', what);
      });
    }
    await world.until(world.now + TRY_MS);
  }
}

function isUnused(cloud: CloudNode, ledger: Ledger, id: string): boolean {
  const { status } = row<{ status: string }>(cloud, 'select status from tickets where id = ?', id);
  if (status !== 'valid') return false;
  for (const admission of ledger.admissions.values()) {
    if (admission.intent.ticket !== id) continue;
    const { result } = admission;
    const isOver = result === 'released' || result === 'cancelled';
    if (hasPassed(admission) || admission.pushed || !isOver) return false;
  }
  // A gateway that died before its intent was on disk leaves the cloud's grant to a person.
  return orphans(cloud, id) === 0;
}

function orphans(cloud: CloudNode, ticket: string): number {
  return row<{ n: number }>(cloud, 'select count(*) as n from grants where ticket = ?', ticket).n;
}

function row<T>(cloud: CloudNode, sql: string, ...given: (string | number)[]): T {
  return cloud
    .store()
    .prepareRead(sql)
    .get(...given) as T;
}

function rows<T>(cloud: CloudNode, sql: string): T[] {
  return cloud.store().prepareRead(sql).all() as T[];
}

interface StoredRow {
  readonly gateway: string;
  readonly epoch: string;
  readonly seq: number;
  readonly body: string;
  readonly parked: string | null;
}

/** Every row that a disk ever held is in the cloud once, word for word, and no other. */
function rowsInCloud({ world, cloud, ledger }: HealedParts): void {
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
    if (!found) world.story.wrong('row-once', `${name} is not in the cloud`);
    else if (found.body !== text) world.story.wrong('row-once', `${name} says something else`);
    stored.delete(name);
  }
  for (const name of stored.keys()) {
    world.story.wrong('row-once', `${name} was never on a disk`);
  }
}

/** A grant that is still open is one whose gateway died with it. */
function grantsEnded({ world, cloud, ledger, nodes }: HealedParts): void {
  const open = rows<{ gateway: string; scan: string; ticket: string; granted: number }>(
    cloud,
    'select gateway, scan, ticket, granted from grants',
  );
  for (const { gateway, scan, ticket, granted } of open) {
    const { result } = ledger.admissions.get(scan) ?? {};
    const ended = result !== undefined && result !== 'unsettled';
    const node = nodes.find(({ id }) => id === gateway);
    if (ended || !node?.diedAfter(granted)) {
      const what = `${gateway} still holds ${short(ticket)} (${result ?? 'no result'})`;
      world.story.wrong('grant-ends', what);
    }
  }
}

/** A ticket is used as often as somebody passed on it, in the cloud and at each gateway. */
function countedOnce({ world, cloud, ledger, nodes, tickets }: HealedParts): void {
  for (const { id, secure, show } of tickets) {
    const { used } = row<{ used: number }>(cloud, 'select used from tickets where id = ?', id);
    const scans = row<{ n: number }>(
      cloud,
      `select count(*) as n from scans where ticket = ? and direction = 'entry'
       and result in ('passed', 'late')`,
      id,
    ).n;
    const written = [...ledger.admissions.values()].filter(
      ({ intent, result }) =>
        intent.ticket === id &&
        intent.direction === 'entry' &&
        (result === 'passed' || result === 'late'),
    ).length;
    if (used !== scans || scans < written) {
      const what = `${short(id)}: ${used} uses, ${scans} passages, ${written} written`;
      world.story.wrong('counted-once', what);
    }
    for (const node of secure ? [] : nodes) {
      const here = node.store()?.find(show())?.used ?? 0;
      if (here !== used) {
        world.story.wrong('counted-once', `${node.id} counts ${here} of ${used} on ${short(id)}`);
      }
    }
  }
}

interface PassedScan {
  readonly gateway: string;
  readonly result: 'passed' | 'late';
  readonly cursor: number | null;
  readonly change: number | null;
}

/** More passages than uses: only where it could not be known, and always shown to people. */
function doublesFlagged({ world, cloud, tickets }: HealedParts): void {
  for (const { id, uses, secure } of tickets) {
    const passed = cloud
      .store()
      .prepareRead(
        `select gateway, result, cursor, "change" from scans where ticket = ?
         and direction = 'entry' and result in ('passed', 'late')`,
      )
      .all(id) as unknown as PassedScan[];
    const extra = passed.length - uses;
    if (extra <= 0) continue;
    const flagged = row<{ n: number }>(
      cloud,
      `select count(*) as n from conflicts where ticket = ? and matter = 'double'
       and explained = 0`,
      id,
    ).n;
    if (flagged < extra) {
      world.story.wrong('double-flagged', `${short(id)}: ${extra} too many, ${flagged} shown`);
    }
    const prompt = passed.filter(({ result }) => result === 'passed');
    const places = new Set(prompt.map(({ gateway }) => gateway));
    if (prompt.length <= uses) continue;
    if (secure || places.size === 1) {
      world.story.wrong('once-while-heard', `${short(id)} was admitted ${prompt.length} times`);
    }
    const known = prompt.filter(({ cursor }) => {
      const before = prompt.filter(({ change }) => change !== null && change <= (cursor ?? 0));
      return before.length >= uses;
    });
    if (known.length > 0) {
      world.story.wrong('once-while-heard', `${short(id)} was admitted by who knew it was used`);
    }
  }
}
