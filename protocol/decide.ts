import { BEACON_STALE_SECONDS } from './codes/beacon.ts';
import { SLOT_SECONDS, slotAt } from './codes/secure.ts';
import type {
  Moment,
  PerformanceFacts,
  Place,
  Presented,
  Proof,
  TicketFacts,
  TicketState,
} from './facts.ts';
import { isReturning } from './inside.ts';
import { type Verdict, type VerdictDetails, verdict } from './verdicts/table.ts';

/** A re-read at the same lane this soon after the passage is told so, in its own look. */
export const JUST_ADMITTED_MS = 5_000;
/** A performance that opens later, or closed earlier, than this is another evening's. */
export const OTHER_EVENING_MS = 12 * 3_600_000;
/** Slots before and after now that are fresh. */
export const FRESH_SLOTS = 1;
/** A steady skew of up to this many slots goes to a person. */
export const STEADY_SKEW_SLOTS = 4;

/** Why a person is asked. */
type StaffReason = 'needs-connection' | 'clock-skew' | 'stale-phone' | 'unsettled';

/**
 * Says what happens to a reading. Pure: the same four arguments give the same verdict on gateway,
 * cloud and in simulation. The order of the checks is a security property (docs/protocol.md): the
 * first reason to refuse wins, and a person is asked only when nothing refuses.
 * @param now milliseconds since 1970 by the decider's clock
 */
export function decide(
  presented: Presented,
  state: TicketState,
  place: Place,
  now: Moment,
): Verdict {
  if (place.direction === 'exit') return leave(presented, state);
  return (
    closedOrUnknown(presented, place) ??
    notAuthentic(presented, place) ??
    notGood(presented) ??
    notHere(presented, place, now) ??
    notInTime(presented, place, now) ??
    notFresh(presented, state, place, now) ??
    held(state, place) ??
    spent(presented, state, place, now) ??
    full(presented, state) ??
    capped(presented, state, place) ??
    forPerson(presented, state, place, now) ??
    admitted(presented, state, place)
  );
}

/** An exit always opens; a code that is not proven changes nobody's ticket and is flagged. */
function leave(presented: Presented, state: TicketState): Verdict {
  const proven = presented.code !== 'secure' || presented.proof?.signature === 'good';
  const matched = isOfItsKind(presented) && proven && state.inside > 0;
  return verdict(matched ? 'exit' : 'exit-unmatched');
}

function closedOrUnknown(presented: Presented, place: Place): Verdict | undefined {
  if (!place.open) return verdict('lane-closed');
  if (isAlone(presented, place)) return withoutCloud(presented);
  if (!presented.ticket || !presented.performance) return verdict('unknown');
  return undefined;
}

/** A gateway that can't ask: the performance's policy, and `refuse` where it is not known. */
function withoutCloud(presented: Presented): Verdict | undefined {
  const policy = presented.performance?.offline ?? 'refuse';
  if (policy === 'staff') return presented.ticket ? undefined : askStaff('needs-connection');
  return policy === 'verify' && isProvable(presented) ? undefined : verdict('needs-connection');
}

function notAuthentic(presented: Presented, place: Place): Verdict | undefined {
  if (!isOfItsKind(presented)) return verdict('unknown');
  if (presented.code !== 'secure') return undefined;
  const provable = isProvable(presented);
  if (provable && presented.proof?.signature === 'good') return undefined;
  if (!provable && place.decider === 'gateway') return undefined;
  return verdict(place.clock === 'untrusted' ? 'clock-untrusted' : 'forged');
}

function notGood({ ticket, proof }: Presented): Verdict | undefined {
  const { status, generation } = ticket as TicketFacts;
  if (status !== 'valid') return verdict(status);
  if (proof && proof.generation < (generation ?? 0)) return verdict('superseded');
  return undefined;
}

function notHere(presented: Presented, place: Place, now: Moment): Verdict | undefined {
  const performance = presented.performance as PerformanceFacts;
  const { entrances } = presented.ticket as TicketFacts;
  const { opens, closes, starts, title, hall } = performance;
  const otherEvening = now < opens - OTHER_EVENING_MS || now > closes + OTHER_EVENING_MS;
  if (otherEvening && place.clock !== 'untrusted') {
    return verdict('wrong-performance', { title, at: starts });
  }
  if (place.halls.length > 0 && !place.halls.includes(hall)) return verdict('wrong-hall', { hall });
  if (entrances.length > 0 && !entrances.includes(place.entrance)) {
    return verdict('wrong-entrance', { entrance: entrances[0] as string });
  }
  return undefined;
}

/** A clock that nobody vouches for can refuse, but it can't tell a guest that he is early. */
function notInTime(presented: Presented, place: Place, now: Moment): Verdict | undefined {
  const { opens, closes } = presented.performance as PerformanceFacts;
  if (now >= opens && now <= closes) return undefined;
  if (place.clock === 'untrusted') return verdict('clock-untrusted');
  return now < opens ? verdict('too-early', { at: opens }) : verdict('too-late', { at: closes });
}

function notFresh(
  presented: Presented,
  state: TicketState,
  place: Place,
  now: Moment,
): Verdict | undefined {
  const { proof } = presented;
  if (proof?.signature !== 'good') return undefined;
  if (place.clock === 'untrusted') return verdict('clock-untrusted');
  const skew = proof.slot - slotAt(now);
  const seconds = Math.abs(skew) * SLOT_SECONDS;
  const burnt = state.burnt !== undefined && proof.slot <= state.burnt;
  if (Math.abs(skew) > FRESH_SLOTS && (burnt || !isSteady(proof, skew))) {
    return verdict(skew > 0 ? 'clock-skew' : 'expired-code', { seconds });
  }
  if (burnt) return verdict('code-used');
  const { stalePhone } = presented.performance as PerformanceFacts;
  return isStale(proof) && stalePhone === 'refuse' ? verdict('stale-phone') : undefined;
}

/** A live grant is its holder's to end; one whose holder fell silent is for a person to judge. */
function held(state: TicketState, place: Place): Verdict | undefined {
  const grant = state.grants.find(({ unsettled }) => !unsettled) ?? state.grants[0];
  if (!grant || (grant.unsettled && place.staffed)) return undefined;
  return verdict('busy', { lane: grant.lane });
}

function spent(
  presented: Presented,
  state: TicketState,
  place: Place,
  now: Moment,
): Verdict | undefined {
  const { uses } = presented.ticket as TicketFacts;
  const { reEntry } = presented.performance as PerformanceFacts;
  const { used, inside, lastUse } = state;
  const age = lastUse?.lane === place.lane ? now - lastUse.at : Number.POSITIVE_INFINITY;
  if (Math.abs(age) < JUST_ADMITTED_MS && !place.counted) {
    return verdict('just-admitted', { seconds: Math.max(0, Math.round(age / 1000)) });
  }
  const left = used < uses;
  if (isReturning(reEntry, state)) return undefined;
  const isCrowded = reEntry && inside > 0 && !(left && uses > 1);
  if (isCrowded) return verdict('already-inside', whenWhere(state));
  return left ? undefined : verdict('already-used', whenWhere(state));
}

function full({ performance }: Presented, { occupancy }: TicketState): Verdict | undefined {
  const capacity = performance?.capacity;
  return capacity !== undefined && occupancy >= capacity ? verdict('full') : undefined;
}

/** The hour's share of people whom a gateway may admit on its own word has been used up. */
function capped(presented: Presented, state: TicketState, place: Place): Verdict | undefined {
  const { offline } = presented.performance as PerformanceFacts;
  if (!isAlone(presented, place) || offline !== 'verify') return undefined;
  return (state.offlineLeft ?? 1) > 0 ? undefined : verdict('needs-connection');
}

/** Comes last, so that a person is never asked about a ticket that is used or wrong here. */
function forPerson(
  presented: Presented,
  state: TicketState,
  place: Place,
  now: Moment,
): Verdict | undefined {
  const { proof, performance } = presented;
  const { offline, stalePhone } = performance as PerformanceFacts;
  if (isAlone(presented, place) && offline === 'staff') return askStaff('needs-connection');
  if (proof) {
    const skew = proof.slot - slotAt(now);
    const seconds = Math.abs(skew) * SLOT_SECONDS;
    if (Math.abs(skew) > FRESH_SLOTS) return askStaff('clock-skew', { seconds });
    if (isStale(proof) && stalePhone === 'staff') return askStaff('stale-phone');
  }
  const silent = state.grants[0];
  return silent && askStaff('unsettled', { lane: silent.lane });
}

function admitted(presented: Presented, state: TicketState, place: Place): Verdict {
  const { uses } = presented.ticket as TicketFacts;
  const { reEntry } = presented.performance as PerformanceFacts;
  if (isAlone(presented, place)) return verdict('offline');
  if (isReturning(reEntry, state)) return verdict('re-entry');
  return uses > 1 ? verdict('pass-use', { left: uses - state.used - 1 }) : verdict('ok');
}

/** A secure ticket opens by its rotating code only, a regular one never by one. */
function isOfItsKind({ code, ticket }: Presented): boolean {
  if (code === 'config' || !ticket) return false;
  return ticket.kind === (code === 'secure' ? 'secure' : 'regular');
}

/** Whether the decider holds the key that this code says it was signed with, or a newer one. */
function isProvable({ ticket, proof }: Presented): boolean {
  const known = ticket?.generation;
  return proof !== undefined && known !== undefined && proof.generation <= known;
}

/** A gateway decides about a secure code by itself only while the cloud is away. */
function isAlone({ code }: Presented, { decider }: Place): boolean {
  return code === 'secure' && decider === 'gateway';
}

/** Shown twice with the same small error of the clock: a wrong clock, hardly a screenshot. */
function isSteady({ earlier, slot }: Proof, skew: number): boolean {
  return (
    earlier !== undefined &&
    slot > earlier.slot &&
    Math.abs(earlier.skew - skew) <= 1 &&
    Math.abs(skew) <= STEADY_SKEW_SLOTS
  );
}

function isStale({ beaconAge }: Proof): boolean {
  return beaconAge > BEACON_STALE_SECONDS * 1000;
}

function askStaff(reason: StaffReason, details: VerdictDetails = {}): Verdict {
  return verdict('staff', { reason, ...details });
}

function whenWhere({ lastUse }: TicketState): { at?: Moment; lane?: string } {
  return lastUse ? { at: lastUse.at, lane: lastUse.lane } : {};
}
