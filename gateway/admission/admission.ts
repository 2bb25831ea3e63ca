import {
  CODE_LENGTH_MAX,
  decide,
  isReturning,
  kindOf,
  outcomeOf,
  type Place,
  type Presented,
  type Proven,
  type SettleRequest,
  type TicketState,
  type ValidateAnswer,
  type Verdict,
  verdict,
  withWord,
} from '@gatehouse/protocol';
import type { Clock, VenueTime } from '../clock.ts';
import type { Ids } from '../ids.ts';
import type { Reading } from '../reading/index.ts';
import type { TicketStore } from '../tickets/index.ts';
import type { UplinkState } from '../web/events.ts';
import type { Capacity } from './capacity.ts';
import type { CloudQuestion } from './cloud-question.ts';
import type { Decision } from './decision.ts';
import { type HomeAnswer, type Neighbours, withPassages } from './home.ts';
import { createJustPassed } from './just-passed.ts';
import { createEarlier, type Known, knownRegular, knownSecure } from './known.ts';
import type { OfflineShare } from './offline-share.ts';
import { type AskedByPerson, knownByPerson, type LanePlace } from './on-word.ts';
import type { PhoneSkew } from './phone-skew.ts';
import type { Reservations } from './reservations.ts';
import { shareOf } from './shares.ts';
import { createUnheard } from './unheard.ts';

/**
 * Decides about readings: regular tickets by itself, all others by asking the cloud, and secure
 * tickets by their performance's offline policy while it is away.
 */
export interface Admission {
  /** @param scanId names the scan; a fresh one if left out */
  decide(reading: Reading, place: LanePlace, scanId?: string): Promise<Decision>;
  /** Decides anew about a ticket whose guest a person wants in. */
  onWord(asked: AskedByPerson, place: LanePlace): Promise<Decision>;
  /** Ends a grant of a dead run on the word of somebody who saw what became of it. */
  settle(
    grant: { scanId: string; ticket: string; performance?: string | undefined },
    place: LanePlace,
    kind: 'passed' | 'released',
  ): void;
}

export interface AdmissionOptions {
  readonly store: TicketStore;
  readonly reservations: Reservations;
  readonly neighbours: Neighbours;
  readonly gateway: string;
  readonly capacity: Capacity;
  readonly question: CloudQuestion;
  /** Checks the signature of a secure code; `undefined` for digits that are none. */
  readonly prove: (text: string, now: number) => Promise<Proven | undefined>;
  readonly share: OfflineShare;
  readonly skew: PhoneSkew;
  readonly settles: {
    send(news: SettleRequest): void;
    /** Passages that the cloud has taken. */
    readonly settled: ReadonlySet<string>;
  };
  readonly time: VenueTime;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly uplink: () => UplinkState;
  /** Milliseconds to pass that a grant of a lane lasts. */
  readonly passageMs: (lane: string) => number;
}

const NOTHING: TicketState = { used: 0, inside: 0, grants: [], occupancy: 0 };

export function createAdmission(options: AdmissionOptions): Admission {
  const { store, reservations, neighbours, question, settles, time, clock, ids, share } = options;
  const earlier = createEarlier(clock);
  const justPassed = createJustPassed();
  const usedElsewhere = createUnheard(options);

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

  /**
   * Decides and reserves in one synchronous step for all lanes of this gateway, then at the ticket's
   * home for those of the others.
   * @param look finds the ticket again, as it is by then
   */
  async function byItself(
    known: Known,
    look: () => Known | undefined,
    place: LanePlace,
    { scanId = ids.scan(), of, word }: Partial<AskedByPerson> = {},
  ): Promise<Decision> {
    const began = clock.mono();
    const { found, isAuthentic, handle, slot, generation, evidence } = known;
    const { row } = found;
    const { lane, direction } = place;
    const passageMs = options.passageMs(lane);
    const judged = (found: Known, home?: HomeAnswer) => {
      const said = judge(found, place, scanId, home);
      return word ? withWord(said, word) : said;
    };
    const about = isAuthentic
      ? { ticket: row.id, performance: row.performance, label: row.label }
      : {};
    const base = { scanId, ...about, handle, slot };
    let said = judged(known);
    if (outcomeOf(said.key) === 'admit') reserve(base, place);
    if (said.key === 'offline') share.admitted(scanId, row.performance);
    let isUnconfirmed = false;
    if (outcomeOf(said.key) === 'admit' && direction === 'entry') {
      const asked = { scanId, ticket: row.id, performance: row.performance, lane, passageMs };
      const answer = await neighbours.ask(asked);
      isUnconfirmed = answer?.unconfirmed ?? false;
      const now = answer && look();
      if (now) said = judged(now, answer);
      if (outcomeOf(said.key) !== 'admit') takeBack(scanId, row.id);
    }
    const admitted = outcomeOf(said.key) === 'admit';
    const isFree = isReturning(found.performance?.reEntry === true, found);
    earlier.note(row.id, slot, said.key, time.now());
    const at = clock.mono();
    return {
      ...base,
      ...{ generation, evidence: admitted ? evidence : undefined },
      isFree,
      ...{ verdict: said, decidedBy: word ? 'staff' : 'gateway', passageMs, at },
      ...{ by: word?.by, refersTo: of, took: { decide: at - began } },
      venue: { ...neighbours.mark(), ...(isUnconfirmed && { unconfirmed: true as const }) },
      stillGood() {
        const now = look();
        return now !== undefined && outcomeOf(judged(now).key) === 'admit';
      },
      settle(kind, late) {
        if (!admitted) return;
        if (kind === 'unsettled') return reserve(base, place, true);
        if (said.key === 'offline' && kind === 'passed') share.admitted(scanId, row.performance);
        else share.released(scanId);
        if (kind === 'cancel') neighbours.free(scanId, row.id);
        ended(base, place, said, { kind, late, isFree });
      },
    };
  }

  /** The ticket's home knew better. */
  function takeBack(scanId: string, ticket: string): void {
    reservations.end(ticket, scanId);
    share.released(scanId);
    neighbours.free(scanId, ticket);
  }

  /** @param unsettled nobody can tell how it ended; the cloud learns that from the journal */
  function reserve(
    decided: Pick<Decision, 'scanId' | 'ticket' | 'performance'>,
    { gateway, lane, direction }: LanePlace,
    unsettled = false,
  ): void {
    const { scanId, ticket, performance } = decided;
    if (ticket === undefined || direction === 'exit') return;
    reservations.reserve(ticket, performance ?? '', { gateway, lane, scanId, unsettled });
  }

  /** A grant's end: for this gateway's own books, and as live news for the cloud. */
  function ended(
    decided: Pick<Decision, 'scanId' | 'ticket' | 'performance' | 'slot'>,
    place: LanePlace,
    said: Verdict,
    { kind, late, isFree }: { kind: SettleRequest['kind']; late?: boolean; isFree: boolean },
  ): void {
    const { scanId, ticket, performance, slot } = decided;
    const { lane, direction } = place;
    if (ticket !== undefined) reservations.end(ticket, scanId);
    if (kind === 'passed' && ticket !== undefined && said.key !== 'exit-unmatched') {
      const counts = direction === 'entry' && !isFree;
      const about = { scanId, ticket, performance, direction, lane, slot };
      const written = { at: time.stamp(), ...(late && { late: true as const }) };
      store.passed({ ...about, at: time.now(), counts, news: written });
      if (direction === 'entry') justPassed.note(ticket, lane);
    }
    settles.send(news(decided, place, kind, late));
  }

  /**
   * @param own a scan whose own reservation is not in its way
   * @param home what the ticket's home gateway knows beside
   */
  function judge(
    { found, presented }: Known,
    place: LanePlace,
    own: string,
    home?: HomeAnswer,
  ): Verdict {
    const { row, performance, secure } = found;
    const isCounted = performance?.capacity !== undefined;
    const occupancy = isCounted
      ? store.occupancy(performance.id) + reservations.count(performance.id, own)
      : 0;
    const open = [...reservations.of(row.id), ...(home?.grants ?? [])];
    const grants = open.filter(({ scanId }) => scanId !== own);
    const cap = performance?.offlineCap;
    const offlineLeft = cap === undefined ? cap : share.left(row.performance, partOf(cap), own);
    const uses = withPassages(found, store.passagesOf(row.id), home?.passages ?? []);
    const state = { ...uses, burnt: secure?.burnt, grants, occupancy, offlineLeft };
    return decide(limited(presented, occupancy), state, here(place), time.now());
  }

  /** What belongs to the venue is shared among its gateways. */
  function partOf(whole: number): number {
    return shareOf(whole, neighbours.gateways(), options.gateway);
  }

  function limited(presented: Presented, occupancy: number): Presented {
    const { performance } = presented;
    if (performance?.capacity === undefined) return presented;
    const capacity = options.capacity.of(performance.id, performance.capacity, occupancy);
    return { ...presented, performance: { ...performance, capacity } };
  }

  async function byAsking(
    reading: Reading,
    place: LanePlace,
    scanId = ids.scan(),
  ): Promise<Decision> {
    const began = clock.mono();
    const asked = justPassed.moment();
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
    const cancel = () => settles.send(news({ scanId }, place, 'cancel'));
    const said = answer && fromAnswer(answer, place, { at, took, passageMs }, asked);
    if (said && (direction === 'entry' || outcomeOf(said.verdict.key) === 'admit')) return said;
    const alone = said ? unknown(reading, place) : await withoutCloud(reading, place);
    const isNew = outcomeOf(alone.verdict.key) === 'admit';
    const holds = isNew && direction === 'entry';
    if (!answer && !holds) cancel();
    if (!isNew) return { ...alone, scanId, at: clock.mono(), took };
    // A scan that was given up stays given up: what is admitted instead has an id of its own.
    const instead = { ...alone, refersTo: scanId, took };
    return holds ? { ...instead, settle: thenCancel(alone, cancel) } : instead;
  }

  /**
   * A grant that the cloud may have made for the scan given up keeps other lanes off the ticket
   * until it knows how this admission has ended.
   */
  function thenCancel(alone: Decision, cancel: () => void): Decision['settle'] {
    let isOpen = true;
    return (kind, late) => {
      alone.settle(kind, late);
      if (kind === 'unsettled') return;
      if (isOpen) cancel();
      isOpen = false;
    };
  }

  function fromAnswer(
    answer: ValidateAnswer,
    place: LanePlace,
    when: Pick<Decision, 'at' | 'took' | 'passageMs'>,
    asked: number,
  ): Decision {
    const { scanId, ticket, performance, handle, slot, label, grant } = answer;
    const admitted = outcomeOf(answer.verdict.key) === 'admit' && grant !== undefined;
    const refused = outcomeOf(answer.verdict.key) !== 'admit';
    const base = { scanId, ticket, performance, handle, slot, label };
    options.skew.note(place.lane, slot);
    const elsewhere = admitted ? usedMeanwhile(answer, place, asked) : undefined;
    if (admitted) reserve(base, place);
    return {
      ...base,
      ...when,
      verdict: elsewhere ?? (admitted || refused ? answer.verdict : verdict('fault')),
      decidedBy: elsewhere ? 'gateway' : 'cloud',
      passageMs: grant?.passageMs ?? when.passageMs,
      venue: neighbours.mark(),
      isFree: answer.verdict.key === 're-entry',
      stillGood() {
        if (ticket === undefined) return true;
        const isValid = (store.status(ticket) ?? 'valid') === 'valid';
        return isValid && usedMeanwhile(answer, place, asked) === undefined;
      },
      settle(kind, late) {
        if (kind === 'unsettled') return admitted && reserve(base, place, true);
        const isFree = answer.verdict.key === 're-entry';
        if (admitted) ended(base, place, answer.verdict, { kind, late, isFree });
      },
    };
  }

  /** What is known here of a ticket, and the cloud can't have known when it answered. */
  function usedMeanwhile(answer: ValidateAnswer, place: LanePlace, asked: number) {
    const { ticket = '' } = answer;
    // A passage after its grant's release may cross the question.
    const lane = place.direction === 'entry' ? justPassed.since(asked, ticket) : undefined;
    return lane === undefined ? usedElsewhere(answer, place) : verdict('busy', { lane });
  }

  /** A secure code by its performance's offline policy; any other is a stranger's. */
  async function withoutCloud(
    reading: Reading,
    place: LanePlace,
    scanId?: string,
  ): Promise<Decision> {
    if (kindOf(reading.code) !== 'secure') return unknown(reading, place, scanId);
    const proven = await options.prove(reading.code, time.now());
    if (!proven) return unknown(reading, place, scanId);
    if (proven.proof.signature === 'good') options.skew.note(place.lane, proven.proof.slot);
    const look = () => {
      const found = store.findSecure(proven.handle);
      return knownSecure(found, proven, place.direction, earlier.of(found?.row.id));
    };
    const known = look();
    return known ? byItself(known, look, place, { scanId }) : unknown(reading, place, scanId);
  }

  /** What the gateway may say of a code that only the cloud knows. */
  function unknown(reading: Reading, place: LanePlace, scanId = ids.scan()): Decision {
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
    async decide(reading, place, scanId) {
      const kind = kindOf(reading.code);
      const isOurs = kind !== 'secure' && kind !== 'config';
      const look = () => knownRegular(store.find(reading.code));
      const known = isOurs ? look() : undefined;
      if (known) return byItself(known, look, place, { scanId });
      const { length } = reading.code;
      const couldBeOne = kind !== 'config' && length > 0 && length <= CODE_LENGTH_MAX;
      const ask = couldBeOne && options.uplink() === 'connected' && place.open;
      return ask ? byAsking(reading, place, scanId) : withoutCloud(reading, place, scanId);
    },
    async onWord(asked, place) {
      const look = () => knownByPerson(store.byId(asked.ticket), asked, store);
      return byItself(look(), look, place, asked);
    },
    settle(grant, place, kind) {
      ended(grant, place, verdict('ok'), { kind, isFree: false });
    },
  };
}
