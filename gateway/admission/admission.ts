import {
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
  /** Milliseconds that the decision or the round trip took. */
  readonly took: { readonly decide?: number; readonly cloud?: number };
  /** Looks at grants and revocations once more, right before the relay. */
  stillGood(): boolean;
  /** Ends the grant: somebody passed, nobody did, or the lane gave up. */
  settle(kind: SettleRequest['kind'], late?: boolean): void;
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
  function byItself(found: StoredTicket, place: LanePlace): Decision {
    const began = clock.mono();
    const { row, performance } = found;
    const said = judge(found, place);
    const scanId = ids.scan();
    const base = { scanId, ticket: row.id, performance: row.performance, label: row.label };
    const admitted = outcomeOf(said.key) === 'admit';
    if (admitted && performance && place.direction === 'entry') {
      const grant = { gateway: place.gateway, lane: place.lane, scanId, unsettled: false };
      reservations.reserve(row.id, performance.id, grant);
    }
    const at = clock.mono();
    return {
      ...base,
      verdict: said,
      decidedBy: 'gateway',
      passageMs: options.passageMs(place.lane),
      at,
      took: { decide: at - began },
      stillGood: () => store.status(row.id) === row.status,
      settle(kind, late) {
        if (!admitted) return;
        reservations.end(row.id, scanId);
        if (kind === 'passed') {
          const { lane, direction } = place;
          const counts = direction === 'entry' && said.key !== 're-entry';
          const passage = { scanId, ticket: row.id, direction, lane, at: time.now(), counts };
          store.passed(passage, row.performance);
        }
        settles.send(news(base, place, kind, late));
      },
    };
  }

  function judge(found: StoredTicket, place: LanePlace): Verdict {
    const { row, performance, used, inside, lastUse } = found;
    const presented: Presented = {
      code: 'regular',
      ticket: { ...row, kind: 'regular', entrances: row.entrances ?? [] },
      performance,
    };
    const occupancy = performance?.capacity === undefined ? 0 : store.occupancy(performance.id);
    const waiting = performance ? reservations.count(performance.id) : 0;
    const grants = reservations.of(row.id);
    const state = { used, inside, lastUse, grants, occupancy: occupancy + waiting };
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
    if (!answer) {
      settles.send(news({ scanId }, place, 'cancel'));
      return { ...withoutCloud(reading, place, scanId), at, took };
    }
    return fromAnswer(answer, place, { at, took, passageMs });
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
    return {
      ...base,
      ...when,
      verdict: admitted || refused ? answer.verdict : verdict('fault'),
      decidedBy: 'cloud',
      passageMs: grant?.passageMs ?? when.passageMs,
      stillGood: () => ticket === undefined || (store.status(ticket) ?? 'valid') === 'valid',
      settle(kind, late) {
        if (admitted) settles.send(news(base, place, kind, late));
      },
    };
  }

  /** What the gateway may say of a code that only the cloud knows. */
  function withoutCloud(reading: Reading, place: LanePlace, scanId = ids.scan()): Decision {
    const presented: Presented = { code: kindOf(reading.code) };
    return {
      scanId,
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
      if (found) return byItself(found, place);
      const ask = kind !== 'config' && options.uplink() === 'connected' && place.open;
      return ask ? byAsking(reading, place) : withoutCloud(reading, place);
    },
  };
}
