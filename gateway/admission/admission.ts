import {
  CODE_LENGTH_MAX,
  decide,
  kindOf,
  outcomeOf,
  type Place,
  type Presented,
  type SettleRequest,
  type TicketLabel,
  type TicketState,
  type ValidateAnswer,
  type Verdict,
  verdict,
} from '@gatehouse/protocol';
import type { Clock, VenueTime } from '../clock.ts';
import type { Ids } from '../ids.ts';
import type { Reading } from '../reading/index.ts';
import type { StoredTicket, TicketStore } from '../tickets/index.ts';
import type { UplinkState } from '../web/events.ts';
import type { CloudQuestion } from './cloud-question.ts';
import type { Reservations } from './reservations.ts';

/** What was decided about one reading, and how to end it. */
export interface Decision {
  readonly scanId: string;
  readonly verdict: Verdict;
  readonly decidedBy: 'gateway' | 'cloud';
  /** Milliseconds to pass, counted from `at`; only for an admit. */
  readonly passageMs: number;
  /** Monotonic milliseconds at which the decision was there. */
  readonly at: number;
  readonly ticket?: string | undefined;
  readonly performance?: string | undefined;
  readonly handle?: string | undefined;
  readonly slot?: number | undefined;
  readonly label?: TicketLabel | undefined;
  /** The scan that was given up before this one. */
  readonly refersTo?: string | undefined;
  /** Milliseconds that the decision or the round trip took. */
  readonly took: { readonly decide?: number; readonly cloud?: number };
  /** Looks at grants and revocations once more, right before the relay. */
  stillGood(): boolean;
  /** Ends the grant: somebody passed, nobody did, or the lane gave up. */
  settle(kind: SettleRequest['kind'], late?: boolean): unknown;
}

/** Decides about readings: regular tickets by itself, all others by asking the cloud. */
export interface Admission {
  decide(reading: Reading, place: Omit<Place, 'decider' | 'clock'>): Promise<Decision>;
}

export interface AdmissionOptions {
  readonly store: TicketStore;
  readonly reservations: Reservations;
  readonly question: CloudQuestion;
  readonly settles: { send(news: SettleRequest): void };
  readonly time: VenueTime;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly uplink: () => UplinkState;
  /** Milliseconds to pass that a grant of a lane lasts. */
  readonly passageMs: (lane: string) => number;
}

type LanePlace = Omit<Place, 'decider' | 'clock'>;

const NOTHING: TicketState = { used: 0, inside: false, grants: [], occupancy: 0 };

export function createAdmission(options: AdmissionOptions): Admission {
  const { store, reservations, question, settles, time, clock, ids } = options;

  /** The news that a scan's end makes, with everything a stranger to it needs. */
  function news(
    decided: Pick<Decision, 'scanId' | 'ticket' | 'performance' | 'slot'>,
    place: LanePlace,
    kind: SettleRequest['kind'],
    late?: boolean,
  ): SettleRequest {
    const { scanId, ticket, performance, slot } = decided;
    const { lane, direction } = place;
    const at = time.stamp();
    return { scanId, kind, lane, direction, ticket, performance, slot, late, at };
  }

  function here(place: LanePlace): Place {
    return { ...place, decider: 'gateway', clock: time.quality() };
  }

  /** Decides and reserves in one synchronous step, for all lanes of this gateway. */
  function byItself(found: StoredTicket, place: LanePlace, code: string): Decision {
    const began = clock.mono();
    const { row } = found;
    const scanId = ids.scan();
    const said = judge(found, place, scanId);
    const base = { scanId, ticket: row.id, performance: row.performance, label: row.label };
    const admitted = outcomeOf(said.key) === 'admit';
    if (admitted) reserve(base, place);
    const at = clock.mono();
    return {
      ...base,
      verdict: said,
      decidedBy: 'gateway',
      passageMs: options.passageMs(place.lane),
      at,
      took: { decide: at - began },
      stillGood() {
        const now = store.find(code);
        return now !== undefined && outcomeOf(judge(now, place, scanId).key) === 'admit';
      },
      settle: (kind, late) => admitted && ended(base, place, said, kind, late),
    };
  }

  function reserve(decided: Pick<Decision, 'scanId' | 'ticket' | 'performance'>, place: LanePlace) {
    const { scanId, ticket, performance } = decided;
    if (ticket === undefined || place.direction === 'exit') return;
    const { gateway, lane } = place;
    const grant = { gateway, lane, scanId, unsettled: false };
    reservations.reserve(ticket, performance ?? '', grant);
  }

  /** A grant's end: for this gateway's own books, and as live news for the cloud. */
  function ended(
    decided: Pick<Decision, 'scanId' | 'ticket' | 'performance' | 'handle' | 'slot'>,
    place: LanePlace,
    said: Verdict,
    kind: SettleRequest['kind'],
    late?: boolean,
  ): void {
    const { scanId, ticket, performance, handle } = decided;
    const { lane, direction } = place;
    if (ticket !== undefined) reservations.end(ticket, scanId);
    const isOurs = ticket !== undefined && handle === undefined && said.key !== 'exit-unmatched';
    if (kind === 'passed' && isOurs) {
      const counts = direction === 'entry' && said.key !== 're-entry';
      const passage = { scanId, ticket, performance, direction, lane, at: time.now(), counts };
      store.passed(passage);
    }
    settles.send(news(decided, place, kind, late));
  }

  /** @param own a scan whose own reservation is not in its way */
  function judge(found: StoredTicket, place: LanePlace, own: string): Verdict {
    const { row, performance, used, inside, lastUse } = found;
    const presented: Presented = {
      code: 'regular',
      ticket: { ...row, kind: 'regular', entrances: row.entrances ?? [] },
      performance,
    };
    const isCounted = performance?.capacity !== undefined;
    const occupancy = isCounted
      ? store.occupancy(performance.id) + reservations.count(performance.id, own)
      : 0;
    const grants = reservations.of(row.id).filter(({ scanId }) => scanId !== own);
    const state = { used, inside, lastUse, grants, occupancy };
    return decide(presented, state, here(place), time.now());
  }

  async function byAsking(reading: Reading, place: LanePlace): Promise<Decision> {
    const scanId = ids.scan();
    const began = clock.mono();
    const { lane, direction } = place;
    const passageMs = options.passageMs(lane);
    const answer = await question.ask({
      scanId,
      lane,
      code: reading.code,
      direction,
      at: time.stamp(),
      passageMs,
    });
    const at = clock.mono();
    const took = { cloud: at - began };
    if (!answer) settles.send(news({ scanId }, place, 'cancel'));
    const said = answer && fromAnswer(answer, place, { at, took, passageMs });
    if (said && (direction === 'entry' || outcomeOf(said.verdict.key) === 'admit')) return said;
    const alone = withoutCloud(reading, place);
    // A scan that was given up stays given up: what is admitted instead has an id of its own.
    const isNew = outcomeOf(alone.verdict.key) === 'admit';
    return { ...alone, ...(isNew ? { refersTo: scanId } : { scanId }), at, took };
  }

  function fromAnswer(
    answer: ValidateAnswer,
    place: LanePlace,
    when: Pick<Decision, 'at' | 'took' | 'passageMs'>,
  ): Decision {
    const { scanId, ticket, performance, handle, slot, label, grant } = answer;
    const admitted = outcomeOf(answer.verdict.key) === 'admit' && grant !== undefined;
    const refused = outcomeOf(answer.verdict.key) !== 'admit';
    const base = { scanId, ticket, performance, handle, slot, label };
    if (admitted && handle === undefined) reserve(base, place);
    return {
      ...base,
      ...when,
      verdict: admitted || refused ? answer.verdict : verdict('fault'),
      decidedBy: 'cloud',
      passageMs: grant?.passageMs ?? when.passageMs,
      stillGood: () => ticket === undefined || (store.status(ticket) ?? 'valid') === 'valid',
      settle: (kind, late) => admitted && ended(base, place, answer.verdict, kind, late),
    };
  }

  /** What the gateway may say of a code that only the cloud knows. */
  function withoutCloud(reading: Reading, place: LanePlace): Decision {
    const presented: Presented = { code: kindOf(reading.code) };
    return {
      scanId: ids.scan(),
      verdict: decide(presented, NOTHING, here(place), time.now()),
      decidedBy: 'gateway',
      passageMs: options.passageMs(place.lane),
      at: clock.mono(),
      took: {},
      stillGood: () => true,
      settle() {},
    };
  }

  return {
    async decide(reading, place) {
      const kind = kindOf(reading.code);
      const found = kind === 'secure' || kind === 'config' ? undefined : store.find(reading.code);
      if (found) return byItself(found, place, reading.code);
      const { length } = reading.code;
      const couldBeOne = kind !== 'config' && length > 0 && length <= CODE_LENGTH_MAX;
      const ask = couldBeOne && options.uplink() === 'connected' && place.open;
      return ask ? byAsking(reading, place) : withoutCloud(reading, place);
    },
  };
}
