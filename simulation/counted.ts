import { row, rows } from './cloud-rows.ts';
import type { HealedParts } from './healed.ts';
import { short } from './ledger.ts';
import type { SoldTicket } from './tickets.ts';

/** What the cloud has counted. */
interface PassedScan {
  readonly gateway: string;
  readonly scan: string;
  readonly direction: 'entry' | 'exit';
  readonly result: 'passed' | 'late';
  readonly decided_by: string;
  readonly cursor: number | null;
  readonly change: number | null;
  readonly at: number;
  readonly received: number;
  readonly quality: string | null;
  readonly boot: string | null;
  readonly mono: number | null;
}

function passagesOf({ cloud }: HealedParts, ticket: string): PassedScan[] {
  return rows<PassedScan>(
    cloud,
    `select gateway, scan, direction, result, decided_by, cursor, "change", result_at as at,
     received, quality, boot, mono from scans
     where ticket = ? and result in ('passed', 'late') order by n`,
    ticket,
  );
}

/** A ticket is used as often as somebody passed on it, in the cloud and at each gateway. */
export function countedOnce(parts: HealedParts): void {
  const { world, cloud, ledger, nodes, tickets, lost } = parts;
  for (const ticket of tickets) {
    const { id } = ticket;
    const known = row<{ used: number; inside: number } | undefined>(
      cloud,
      'select used, inside from tickets where id = ?',
      id,
    );
    if (!known) world.story.wrong('counted-once', `${short(id)} was sold and is not in the cloud`);
    const { used, inside } = known ?? { used: 0, inside: 0 };
    const passages = passagesOf(parts, id);
    const entries = passages.filter(({ direction }) => direction === 'entry');
    const written = [...ledger.admissions.values()].filter(
      ({ intent, result, gateway }) =>
        intent.ticket === id &&
        intent.direction === 'entry' &&
        !lost.has(gateway) &&
        (result === 'passed' || result === 'late'),
    ).length;
    const counted = fold(ticket, passages);
    if (used !== counted.used || inside !== counted.inside || entries.length < written) {
      const what = `${used} uses, ${inside} inside, ${entries.length} passages, ${written} written`;
      world.story.wrong('counted-once', `${short(id)}: ${what}`);
    }
    for (const node of nodes) {
      const store = node.store();
      const here = store && !lost.has(node.id) ? ticket.stored(store) : undefined;
      const isMissing = store && !lost.has(node.id) && !here && !ticket.secure;
      if (isMissing || (here && (here.used !== used || here.inside !== inside))) {
        const what = `${node.id} counts ${here?.used}, ${here?.inside} inside, on ${short(id)}`;
        world.story.wrong('counted-once', what);
      }
    }
  }
}

/** The people inside are as many as went in and not out, in the cloud and at each gateway. */
export function peopleCounted({ world, cloud, nodes, tickets, lost }: HealedParts): void {
  for (const show of new Set(tickets.map((ticket) => ticket.show))) {
    const its = tickets.filter((ticket) => ticket.show === show);
    const sum = its.reduce((all, ticket) => all + (insideOf(cloud, ticket.id) ?? 0), 0);
    const { inside } = row<{ inside: number }>(
      cloud,
      'select inside from performances where id = ?',
      show.id,
    );
    if (inside !== sum) {
      world.story.wrong('people-counted', `${inside} are in ${short(show.id)}, ${sum} by tickets`);
    }
    for (const node of nodes) {
      const store = lost.has(node.id) ? undefined : node.store();
      // Where only the cloud decides, a gateway has no tickets and does not count.
      const counts = store && its.every((ticket) => ticket.stored(store));
      const people = counts ? store.occupancy(show.id) : sum;
      if (people === sum) continue;
      const what = `${node.id} counts ${people} in ${short(show.id)}, and there are ${sum}`;
      world.story.wrong('people-counted', what);
    }
  }
}

function insideOf(cloud: HealedParts['cloud'], ticket: string): number | undefined {
  const sql = 'select inside from tickets where id = ?';
  return row<{ inside: number } | undefined>(cloud, sql, ticket)?.inside;
}

/** Uses by the rule: an entry is one, unless somebody who went out comes back where he may. */
function fold({ show }: SoldTicket, passages: readonly PassedScan[]) {
  let used = 0;
  let inside = 0;
  const when = whenOf(passages);
  for (const { direction } of [...passages].sort((a, b) => when(a) - when(b))) {
    if (direction === 'exit') {
      inside = Math.max(0, inside - 1);
      continue;
    }
    const isFree = show.reEntry && inside < used;
    if (!isFree) used += 1;
    inside += 1;
  }
  return { used, inside };
}

/**
 * When each was, in milliseconds: a boot's time is that of its monotonic clock, from the earliest
 * start that anybody vouches for; else what the cloud heard first tells when it can have started.
 */
function whenOf(passages: readonly PassedScan[]): (passage: PassedScan) => number {
  const isSure = ({ quality }: PassedScan) => quality !== null && quality !== 'untrusted';
  const time = (one: PassedScan) => (isSure(one) ? one.at : one.received);
  return (one) => {
    if (one.boot === null || one.mono === null) return time(one);
    const its = passages.filter(
      ({ gateway, boot, mono }) => gateway === one.gateway && boot === one.boot && mono !== null,
    );
    const sure = its.filter(isSure);
    const starts = (sure.length > 0 ? sure : its).map((each) => time(each) - (each.mono ?? 0));
    return Math.min(...starts) + one.mono;
  };
}

/** More passages than uses: only where it could not be known, and always shown to people. */
export function doublesFlagged(parts: HealedParts): void {
  const { world, cloud, tickets, ledger } = parts;
  for (const ticket of tickets) {
    const { id, uses, secure, show } = ticket;
    const passages = passagesOf(parts, id);
    const passed = passages.filter(({ direction }) => direction === 'entry');
    const left = show.reEntry ? passages.length - passed.length : 0;
    const extra = passed.length - uses - left;
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
    // Whom a person let in is another matter, also where only neighbours could tell of it.
    const isWord = (scan: string) => ledger.admissions.get(scan)?.intent.verdict.key === 'override';
    const prompt = passed.filter(({ result, scan }) => result === 'passed' && !isWord(scan));
    const places = new Set(prompt.map(({ gateway }) => gateway));
    if (prompt.length <= uses + left) continue;
    const isAsked = secure && prompt.every(({ decided_by }) => decided_by === 'cloud');
    if (isAsked || places.size === 1) {
      world.story.wrong('once-while-heard', `${short(id)} was admitted ${prompt.length} times`);
    }
    // Of two on one ticket one may have left, and come back.
    const counts = passages.filter((one) => one.direction === 'exit' || prompt.includes(one));
    const known = prompt.filter(({ cursor }) => {
      const before = counts.filter(({ change }) => change !== null && change <= (cursor ?? 0));
      const { used, inside } = fold(ticket, before);
      return used >= uses && !(show.reEntry && inside < used);
    });
    if (known.length > 0) {
      world.story.wrong('once-while-heard', `${short(id)} was admitted by who knew it was used`);
    }
  }
}
