import type { HealedParts } from './healed.ts';
import { type Admission, hasPassed, short } from './ledger.ts';

/** Two gateways count as hearing each other if they did so this long before the earlier intent. */
const BEFORE_MS = 1_000;
/** A row of one, and the cloud's word to the other, may cross for this long. */
const IN_FLIGHT_MS = 150;
const CONFLICTS_MAX = 10_000;

/** What must be true of gateways that heard each other, once the evening is over. */
export async function neighboursHealed(parts: HealedParts): Promise<void> {
  const passages = placesOf(parts);
  hearAgain(parts);
  neverInvented(parts, passages);
  heardNeverTwice(parts);
  neverAgainstKnowledge(parts, passages);
  await kindsTrue(parts, passages);
}

interface Place {
  readonly gateway: string;
  readonly epoch: string;
  readonly seq: number;
}

/** By scan: the row that says that somebody passed. */
function placesOf({ ledger }: HealedParts): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const { body, gateway, epoch, seq } of ledger.rows) {
    const isPassage =
      body.kind === 'result' && (body.result === 'passed' || body.result === 'late');
    if (isPassage && body.scanId) places.set(body.scanId, { gateway, epoch, seq });
  }
  return places;
}

function hearAgain({ world, local, views, lost, nodes }: HealedParts): void {
  if (!local) return;
  const whole = nodes.map(({ id }) => id).filter((id) => !lost.has(id));
  for (const id of whole) {
    const { heard, missing } = views.of(id) ?? { heard: new Map(), missing: new Map() };
    for (const other of whole) {
      if (other !== id && !heard.has(other)) {
        world.story.wrong('hears-again', `${id} does not hear ${other} after all faults`);
      }
    }
    for (const other of missing.keys()) {
      if (lost.has(other)) continue;
      world.story.wrong('hears-again', `${id} misses ${other} after all faults`);
    }
  }
}

/** No gateway holds a passage of another that the other has not written down. */
function neverInvented(
  { world, nodes, tickets }: HealedParts,
  passages: ReadonlyMap<string, Place>,
): void {
  for (const node of nodes) {
    for (const { id } of tickets) {
      for (const { scanId, source } of node.store()?.passagesOf(id) ?? []) {
        if (!source) continue;
        const { gateway, epoch, seq } = passages.get(scanId) ?? {};
        if (gateway === source.gateway && epoch === source.epoch && seq === source.seq) continue;
        const what = `${node.id} has a passage on ${short(id)} that nobody wrote down`;
        world.story.wrong('rows-never-invented', what);
      }
    }
  }
}

/** Passages at entries of a ticket that were not late. */
function prompt({ ledger }: HealedParts, ticket: string): Admission[] {
  return [...ledger.admissions.values()]
    .filter((one) => {
      const { intent, result, pushed } = one;
      const isIn = intent.ticket === ticket && intent.direction === 'entry' && hasPassed(one);
      return isIn && result !== 'late' && !pushed;
    })
    .sort((a, b) => a.durable - b.durable);
}

/** A person has let him in, whatever his ticket said. */
function isOnWord({ intent }: Admission): boolean {
  return intent.verdict.key === 'override';
}

/** Two gateways that hear each other do not both let somebody in on a ticket of one use. */
function heardNeverTwice(parts: HealedParts): void {
  const { world, tickets, rules } = parts;
  for (const { id, uses, show } of tickets) {
    if (uses > 1 || show.reEntry) continue;
    const passed = prompt(parts, id);
    for (const [n, second] of passed.entries()) {
      for (const first of passed.slice(0, n)) {
        if (first.gateway === second.gateway || isOnWord(second)) continue;
        if (!heardEachOther(rules.among, first, second)) continue;
        const what = `${short(id)} at ${first.lane} and ${second.lane}, which heard each other`;
        world.story.wrong('heard-never-twice', what);
      }
    }
  }
}

function heardEachOther(
  among: HealedParts['rules']['among'],
  first: Admission,
  second: Admission,
): boolean {
  const marked = ({ intent }: Admission) => intent.split || intent.unconfirmed;
  if (marked(first) || marked(second)) return false;
  const { mutual, quick } = among.get(second) ?? {};
  const since = mutual?.get(first.gateway) ?? Number.POSITIVE_INFINITY;
  if (since > first.asked - BEFORE_MS) return false;
  const isMixed = first.intent.decidedBy === 'cloud' || second.intent.decidedBy === 'cloud';
  if (!isMixed) return true;
  // What the cloud decides is not asked for at a home: the other has to have the row.
  const isQuick = (quick?.get(first.gateway) ?? Number.POSITIVE_INFINITY) < first.asked - BEFORE_MS;
  return isQuick && second.durable - first.durable > IN_FLIGHT_MS;
}

/** Whether an admission says that it had heard of that passage. */
function hadHeard({ intent }: Admission, place: Place | undefined): boolean {
  const last = place && intent.heard?.[place.gateway];
  return last !== undefined && last.epoch === place?.epoch && last.seq >= place.seq;
}

/** Nobody is let in on a ticket all of whose uses the lane has heard of. */
function neverAgainstKnowledge(parts: HealedParts, places: ReadonlyMap<string, Place>): void {
  for (const { id, uses, show } of parts.tickets) {
    if (show.reEntry) continue;
    const passed = prompt(parts, id);
    for (const one of passed) {
      const known = passed.filter(({ intent }) => hadHeard(one, places.get(intent.scanId ?? '')));
      if (known.length < uses || isOnWord(one)) continue;
      const what = `${one.lane} let somebody in on ${short(id)}, and had heard of ${known.length}`;
      parts.world.story.wrong('never-against-knowledge', what);
    }
  }
}

/** A double admission is said to have been known where it was, and only there. */
async function kindsTrue(parts: HealedParts, places: ReadonlyMap<string, Place>): Promise<void> {
  const { world, cloud, ledger, lost } = parts;
  for (const conflict of await cloud.conflicts().list({ limit: CONFLICTS_MAX })) {
    const { matter, state, ticket, kind, order, passages } = conflict;
    const [first, second] = passages;
    if (matter !== 'double' || state !== 'open' || !first || !second) continue;
    const later = ledger.admissions.get(second.scanId);
    if (!later || first.gateway === second.gateway) continue;
    // What a gateway that is gone went by, nobody can say.
    if (kind === null && lost.has(second.gateway)) continue;
    const isHeard = hadHeard(later, places.get(first.scanId));
    const { change } = first;
    const isTold = change !== null && (later.intent.cursor ?? -1) >= change;
    if ((kind === 'knew') === (isHeard || isTold)) continue;
    const what = `${short(ticket)} is said to be ${kind} by ${order}`;
    world.story.wrong('kind-true', what);
  }
}
