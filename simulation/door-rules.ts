import type { StoredTicket } from '@gatehouse/gateway/parts';
import { BEACON_SECONDS, BEACON_STALE_SECONDS, FRESH_SLOTS, slotAt } from '@gatehouse/protocol';
import type { Place } from './gateway-node.ts';
import type { Admission, LaneBook } from './ledger.ts';
import type { Settings } from './programme.ts';
import type { SoldTicket } from './tickets.ts';
import { EVENING, type World } from './world.ts';

/** A code counts as held out at a lane this long. */
export const HELD_OUT_MS = 20_000;
/** From a decision of the cloud to the relay, at most: answer, slow journal, clocks. */
const ON_THE_WAY_MS = 10_000;
/** A rolling hour, less what a clock that drifts makes of it. */
const HOUR_MS = 3_540_000;

/** What the simulation can look at, whatever a gateway says. */
export interface Sight {
  /** The ticket as the gateway has it on disk. */
  stored(gateway: string, ticket: SoldTicket): StoredTicket | undefined;
  place(gateway: string): Place;
  /** Whether the venue's list of gateways has been one and the same all evening, and is known. */
  hasSameList(): boolean;
  /**
   * Since when a gateway has had neither the cloud nor every other active gateway, and how many are
   * active; undefined where it is in touch, or has never had their list.
   */
  alone(gateway: string): { readonly since: number; readonly gateways: number } | undefined;
  /** The cloud's clock; undefined where it was set so lately that it says nothing. */
  cloudTime(): number | undefined;
}

export interface Opening {
  readonly admission: Admission;
  readonly ticket: SoldTicket;
  readonly book: LaneBook;
  /** By ticket: how often somebody can have left on it. */
  readonly exits: ReadonlyMap<string, number>;
}

/** What must be true of every entry that opens; each rule has its name in docs/reliability.md. */
export interface DoorRules {
  intent(admission: Admission): void;
  opened(opening: Opening): void;
}

export function createDoorRules(world: World, sight: Sight): DoorRules {
  const { story } = world;
  const byShow = new Map<string, Admission[]>();

  /** What whoever decided went by, or may have gone by. */
  function known({ admission, ticket }: Opening): Settings[] {
    const { intent, gateway } = admission;
    const since = world.now - ON_THE_WAY_MS;
    if (intent.decidedBy === 'cloud') return ticket.show.possible(since);
    const facts = sight.stored(gateway, ticket)?.performance;
    if (!facts) return [];
    const { capacity = null, offlineCap = null } = facts;
    return [{ ...facts, capacity, offlineCap }];
  }

  /** The moments by which it may have been decided. */
  function times({ admission: { intent } }: Opening): [from: number, to: number] | undefined {
    if (intent.decidedBy === 'gateway') {
      const at = intent.at.wall + (intent.at.offset ?? 0);
      return [at - 1_000, at];
    }
    const now = sight.cloudTime();
    return now === undefined ? undefined : [now - ON_THE_WAY_MS, now];
  }

  const rules: Readonly<Record<string, (opening: Opening) => boolean>> = {
    'window-kept'(opening) {
      const span = times(opening);
      if (!span) return true;
      return known(opening).some(({ opens, closes }) => span[1] >= opens && span[0] <= closes);
    },
    'place-kept'(opening) {
      const { halls, entrance } = sight.place(opening.admission.gateway);
      const { entrances } = opening.ticket;
      const isItsHall = known(opening).some(
        ({ hall }) => halls.length === 0 || halls.includes(hall),
      );
      return isItsHall && (entrances.length === 0 || entrances.includes(entrance));
    },
    'capacity-kept'(opening) {
      const people = inside(opening);
      return known(opening).some(({ capacity }) => capacity === null || people < capacity);
    },
    'cap-kept'(opening) {
      const { admission } = opening;
      if (admission.intent.verdict.key !== 'offline') return true;
      const taken = alone(opening, ({ gateway }) => gateway === admission.gateway);
      return known(opening).some(({ offlineCap: cap }) => cap === null || taken.length < cap);
    },
    'cap-shared'(opening) {
      const { admission, ticket } = opening;
      if (admission.intent.verdict.key !== 'offline' || !sight.hasSameList()) return true;
      const caps = ticket.show.possible(Number.NEGATIVE_INFINITY).map((one) => one.offlineCap);
      const most = Math.max(...caps.map((cap) => cap ?? Number.POSITIVE_INFINITY));
      return alone(opening, () => true).length < most;
    },
    'capacity-shared'(opening) {
      const { admission, ticket, exits } = opening;
      const { gateway, intent } = admission;
      const apart = sight.alone(gateway);
      if (intent.decidedBy === 'cloud' || !apart || admission.asked < apart.since) return true;
      const places = ticket.show.possible(Number.NEGATIVE_INFINITY).map((one) => one.capacity);
      const most = Math.max(...places.map((some) => some ?? Number.POSITIVE_INFINITY));
      const its = ofShow(opening).filter((one) => one.gateway === gateway && isEntry(one));
      const stay = ({ intent: { ticket: of = '' } }: Admission) => !exits.has(of);
      const before = its.filter(
        (one) => stay(one) && one.result === 'passed' && one.durable < apart.since,
      );
      const since = its.filter((one) => one.asked >= apart.since && isIn(one));
      const tickets = new Set(ofShow(opening).map((one) => one.intent.ticket ?? ''));
      const left = [...tickets].reduce((sum, of) => sum + (exits.get(of) ?? 0), 0);
      const part = Math.ceil(Math.max(0, most - before.length) / apart.gateways);
      return since.length <= part + left;
    },
    'policy-kept'(opening) {
      const isAlone = opening.admission.intent.verdict.key === 'offline';
      return !isAlone || known(opening).some(({ offline }) => offline === 'verify');
    },
    're-entry-after-exit'({ admission, ticket, exits }) {
      if (admission.intent.verdict.key !== 're-entry') return true;
      return ticket.show.reEntry && (exits.get(ticket.id) ?? 0) > 0;
    },
    'proof-true'(opening) {
      return !opening.ticket.secure || codes(opening).length > 0;
    },
    'fresh-only'(opening) {
      const span = times(opening);
      const { slot } = opening.admission.intent;
      if (!opening.ticket.secure || slot === undefined || !span) return true;
      const [first, last] = [slotAt(span[0]) - FRESH_SLOTS, slotAt(span[1]) + FRESH_SLOTS];
      return slot >= first && slot <= last;
    },
    'superseded-never-green'(opening) {
      const { ticket, admission } = opening;
      if (!ticket.secure) return true;
      const isAlone = admission.intent.decidedBy === 'gateway';
      const counts = isAlone
        ? sight.stored(admission.gateway, ticket)?.secure?.generation
        : ticket.generation(world.now - ON_THE_WAY_MS);
      return codes(opening).some(({ generation = 0 }) => generation >= (counts ?? 0));
    },
    'stale-phone-kept'(opening) {
      const span = times(opening);
      if (!opening.ticket.secure || !span) return true;
      const isFresh = codes(opening).some(({ beacon = 0 }) => {
        const replaced = (beacon + 1) * BEACON_SECONDS * 1000;
        return span[0] - replaced <= BEACON_STALE_SECONDS * 1000;
      });
      return isFresh || known(opening).some(({ stalePhone }) => stalePhone === 'admit');
    },
    'clock-trusted': ({ admission: { intent } }) =>
      intent.verdict.key !== 'offline' || intent.at.quality !== 'untrusted',
  };

  const isEntry = ({ intent }: Admission) => intent.direction === 'entry';
  /** Let in by the judge, and not given back. */
  const isIn = ({ intent, pulsed, result }: Admission) =>
    pulsed !== undefined &&
    intent.verdict.key !== 'override' &&
    (result === undefined || result === 'passed');

  function ofShow({ ticket }: Opening): readonly Admission[] {
    return byShow.get(ticket.show.id) ?? [];
  }

  /** Others who were let in without the cloud in this hour. */
  function alone(opening: Opening, isMeant: (one: Admission) => boolean): Admission[] {
    return ofShow(opening).filter(
      (one) =>
        one !== opening.admission &&
        isMeant(one) &&
        one.intent.verdict.key === 'offline' &&
        (one.pulsed ?? Number.NEGATIVE_INFINITY) > world.now - HOUR_MS &&
        one.result !== 'released' &&
        one.result !== 'cancelled' &&
        one.result !== 'late',
    );
  }

  /** Whether an admission's gateway had heard from another that somebody passed on one of its. */
  function isHeard({ intent }: Admission, { gateway, place }: Admission): boolean {
    const last = intent.heard?.[gateway];
    return last !== undefined && last.epoch === place?.epoch && last.seq >= place.seq;
  }

  /**
   * People inside whom the decider surely knows of: those it let in itself, or has heard of from
   * another gateway, on tickets that nobody can have left on. Each passage of a pass is one.
   */
  function inside(opening: Opening): number {
    const { admission, exits } = opening;
    let people = 0;
    for (const one of ofShow(opening)) {
      const isIts =
        admission.intent.decidedBy === 'cloud'
          ? one.intent.decidedBy === 'cloud'
          : one.gateway === admission.gateway || isHeard(admission, one);
      const { ticket: of = '' } = one.intent;
      if (!isIts || one.result !== 'passed' || exits.has(of)) continue;
      // Whom a handheld's group let in meanwhile was not there yet.
      if (one.durable > admission.durable) continue;
      if (one.intent.direction === 'entry') people += 1;
    }
    return people;
  }

  /** What is true of the codes held out at the lane that can have been this one. */
  function codes({ admission: { intent }, book, ticket }: Opening) {
    return [...book.held.values()].filter(
      (held) =>
        held.ticket === ticket.id &&
        (intent.slot === undefined || held.slot === intent.slot) &&
        world.now - held.at <= HELD_OUT_MS,
    );
  }

  return {
    intent(admission) {
      const { performance = '' } = admission.intent;
      const known = byShow.get(performance);
      if (known) known.push(admission);
      else byShow.set(performance, [admission]);
    },
    opened(opening) {
      const { admission, ticket } = opening;
      const { lane, intent } = admission;
      // A person has said that what the judge goes by does not matter.
      if (intent.verdict.key === 'override') return;
      for (const [rule, holds] of Object.entries(rules)) {
        if (holds(opening)) continue;
        const what = `${lane} opened with ${intent.verdict.key} for ${ticket.id.slice(0, 6)}`;
        story.wrong(rule, what);
      }
    },
  };
}

/**
 * A gateway whose clock the cloud has set is never further off than it says.
 * @returns by how many milliseconds it is, or 0
 */
export function offBeyond(
  { now }: World,
  at: { wall: number; offset: number | null; uncertainty: number | null; quality: string },
): number {
  if (at.quality !== 'trusted' || at.offset === null || at.uncertainty === null) return 0;
  const off = Math.abs(at.wall + at.offset - (EVENING + now));
  // Whole milliseconds, at both ends.
  return Math.max(0, off - at.uncertainty - 2);
}
