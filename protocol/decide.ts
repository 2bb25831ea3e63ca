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
import { type Verdict, verdict } from './verdicts.ts';

/** A re-read at the same lane this soon after the passage is told so, in its own look. */
export const JUST_ADMITTED_MS = 5_000;
/** A performance that opens later, or closed earlier, than this is another evening's. */
export const OTHER_EVENING_MS = 12 * 3_600_000;
/** Slots before and after now that are fresh. */
export const FRESH_SLOTS = 1;
/** A steady skew of up to this many slots goes to a person. */
export const STEADY_SKEW_SLOTS = 4;

/**
 * Says what happens to a reading. Pure: the same four arguments give the same verdict on gateway,
 * cloud and in simulation. The order of the checks is a security property (admission.md).
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
    heldElsewhere(state, place) ??
    admitOrUsed(presented, state, place, now)
  );
}

/** An exit always opens; what it can't match is flagged. */
function leave(presented: Presented, state: TicketState): Verdict {
  return presented.ticket && state.inside ? verdict('exit') : verdict('exit-unmatched');
}

function closedOrUnknown(presented: Presented, place: Place): Verdict | undefined {
  if (!place.open) return verdict('lane-closed');
  if (presented.code === 'secure' && place.decider === 'gateway') return withoutCloud(presented);
  if (!presented.ticket || !presented.performance) return verdict('unknown');
  return undefined;
}

/** A gateway that can't ask: the performance's policy, and `refuse` where it is not known. */
function withoutCloud(presented: Presented): Verdict | undefined {
  const policy = presented.performance?.offline ?? 'refuse';
  if (policy === 'staff') return verdict('staff', { reason: 'needs-connection' });
  if (policy === 'refuse' || !presented.ticket || !presented.proof) {
    return verdict('needs-connection');
  }
  const known = presented.ticket.generation ?? 0;
  return presented.proof.generation > known ? verdict('needs-connection') : undefined;
}

function notAuthentic(presented: Presented, place: Place): Verdict | undefined {
  if (presented.code !== 'secure') {
    return presented.ticket?.kind === 'secure' ? verdict('unknown') : undefined;
  }
  if (presented.proof?.signature === 'good') return undefined;
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
  if (now < opens - OTHER_EVENING_MS || now > closes + OTHER_EVENING_MS) {
    return verdict('wrong-performance', { title, at: starts });
  }
  if (place.halls.length > 0 && !place.halls.includes(hall)) return verdict('wrong-hall', { hall });
  if (entrances.length > 0 && !entrances.includes(place.entrance)) {
    return verdict('wrong-entrance', { entrance: entrances[0] as string });
  }
  return undefined;
}

function notInTime(presented: Presented, place: Place, now: Moment): Verdict | undefined {
  const { opens, closes } = presented.performance as PerformanceFacts;
  if (place.clock === 'untrusted') return undefined;
  if (now < opens) return verdict('too-early', { at: opens });
  if (now > closes) return verdict('too-late', { at: closes });
  return undefined;
}

function notFresh(
  presented: Presented,
  state: TicketState,
  place: Place,
  now: Moment,
): Verdict | undefined {
  const { proof } = presented;
  if (!proof) return undefined;
  if (place.clock === 'untrusted') return verdict('clock-untrusted');
  const skew = proof.slot - slotAt(now);
  if (Math.abs(skew) > FRESH_SLOTS) return skewed(proof, skew, state);
  if (state.burnt !== undefined && proof.slot <= state.burnt) return verdict('code-used');
  if (proof.beaconAge <= BEACON_STALE_SECONDS * 1000) return undefined;
  const policy = (presented.performance as PerformanceFacts).stalePhone;
  if (policy === 'admit') return undefined;
  return policy === 'staff' ? verdict('staff', { reason: 'stale-phone' }) : verdict('stale-phone');
}

function skewed(proof: Proof, skew: number, state: TicketState): Verdict {
  const seconds = Math.abs(skew) * SLOT_SECONDS;
  const { earlier } = proof;
  const steady =
    earlier !== undefined &&
    earlier.slot !== proof.slot &&
    Math.abs(earlier.skew - skew) <= 1 &&
    Math.abs(skew) <= STEADY_SKEW_SLOTS;
  const burnt = state.burnt !== undefined && proof.slot <= state.burnt;
  if (steady && !burnt) return verdict('staff', { reason: 'clock-skew', seconds });
  return skew > 0 ? verdict('clock-skew', { seconds }) : verdict('expired-code', { seconds });
}

function heldElsewhere(state: TicketState, place: Place): Verdict | undefined {
  const held = state.grants[0];
  if (!held) return undefined;
  if (!state.grants.some((grant) => grant.unsettled)) return verdict('busy', { lane: held.lane });
  return place.staffed
    ? verdict('staff', { reason: 'unsettled', lane: held.lane })
    : verdict('busy', { lane: held.lane });
}

function admitOrUsed(presented: Presented, state: TicketState, place: Place, now: Moment): Verdict {
  const { uses } = presented.ticket as TicketFacts;
  const { reEntry, capacity } = presented.performance as PerformanceFacts;
  const { used, inside, lastUse } = state;
  if (lastUse && lastUse.lane === place.lane && now - lastUse.at < JUST_ADMITTED_MS) {
    return verdict('just-admitted', {
      seconds: Math.max(0, Math.round((now - lastUse.at) / 1000)),
    });
  }
  if (reEntry && inside) return verdict('already-inside', whenWhere(state));
  const returning = reEntry && used > 0 && !inside;
  if (!returning && used >= uses) return verdict('already-used', whenWhere(state));
  if (capacity !== undefined && state.occupancy >= capacity) return verdict('full');
  if (place.decider === 'gateway' && presented.code === 'secure') return verdict('offline');
  if (returning) return verdict('re-entry');
  return uses > 1 ? verdict('pass-use', { left: uses - used - 1 }) : verdict('ok');
}

function whenWhere({ lastUse }: TicketState): { at?: Moment; lane?: string } {
  return lastUse ? { at: lastUse.at, lane: lastUse.lane } : {};
}
