import {
  decide,
  kindOf,
  type Moment,
  type OpenGrant,
  outcomeOf,
  type Place,
  type Presented,
  type Proven,
  slotAt,
  type TicketState,
  type ValidateAnswer,
  type ValidateRequest,
  type Verdict,
  verdict,
} from '@gatehouse/protocol';
import type { Door, DoorPerformance, DoorTicket } from '../ticketing/index.ts';
import type { GrantRow, GrantStore } from './grant-store.ts';
import type { ScanRow, ScanStore } from './scan-store.ts';

/** A grant whose time and this much more have gone by in silence is unsettled. */
export const SILENCE_MS = 3_000;
/** A code refused for its time counts as the ticket's earlier one this long. */
const EARLIER_MS = 10 * 60_000;

/** Where a lane is, as far as the cloud has to know it. */
export type LanePlace = Pick<Place, 'entrance' | 'halls' | 'staffed'>;

/** One request with all that was found out before its turn in the batch. */
export interface ValidateJob {
  readonly gateway: string;
  readonly request: ValidateRequest;
  /** Checked signature; only for secure codes. */
  readonly proven: Proven | undefined;
  /** Digest of the text; only for others. */
  readonly digest: string | undefined;
  readonly place: LanePlace;
  readonly now: Moment;
}

export interface ValidateParts {
  readonly scans: ScanStore;
  readonly grants: GrantStore;
  readonly door: Door;
  /** Is told of each row written, to be shown after the commit. */
  wrote(row: ScanRow): void;
}

/** Answers one request inside a batch; what it writes and says depends on nothing outside it. */
export function validate(parts: ValidateParts, job: ValidateJob): ValidateAnswer {
  const { scans } = parts;
  const { gateway, request, now } = job;
  const stored = scans.scan(gateway, request.scanId);
  if (stored) return repeated(stored, request.scanId, now);
  const gone = givenUp(parts, job);
  if (gone) {
    const answer: ValidateAnswer = {
      scanId: request.scanId,
      verdict: verdict('needs-connection'),
      ended: gone,
    };
    keep(parts, job, answer, undefined);
    return answer;
  }
  return decided(parts, job);
}

/** A repeated scan id gets what was said, but never a grant that has ended. */
function repeated(row: ScanRow, scanId: string, now: Moment): ValidateAnswer {
  if (row.answer === null) return { scanId, verdict: verdict('needs-connection'), ended: 'passed' };
  const { grant, ...answer } = JSON.parse(row.answer) as ValidateAnswer;
  if (!grant) return answer;
  if (row.result === null && now <= row.at + grant.passageMs) return { ...answer, grant };
  if (row.result === 'passed' || row.result === 'late') return { ...answer, ended: 'passed' };
  if (row.result === 'released' || row.result === 'cancelled') {
    return { ...answer, ended: row.result };
  }
  return { ...answer, ended: 'lapsed' };
}

/** Whether nobody waits for this answer any more: cancelled before, or later than its deadline. */
function givenUp(
  { scans }: ValidateParts,
  { gateway, request, now }: ValidateJob,
): 'cancelled' | 'lapsed' | undefined {
  if (scans.hasFact(gateway, request.scanId, 'cancel')) return 'cancelled';
  const { at, deadlineMs } = request;
  if (at.quality !== 'trusted' || at.offset === null) return undefined;
  const waited = now - (at.wall + at.offset) - (at.uncertainty ?? 0);
  return waited > deadlineMs ? 'lapsed' : undefined;
}

function decided(parts: ValidateParts, job: ValidateJob): ValidateAnswer {
  const { request, proven, now } = job;
  const { door } = parts;
  const kind = kindOf(request.code);
  const ticket = proven
    ? door.byHandle(proven.handle)
    : kind !== 'secure' && job.digest !== undefined
      ? door.byDigest(job.digest)
      : undefined;
  const performance = ticket && door.performance(ticket.performance);
  const authentic = kind !== 'secure' || proven?.proof.signature === 'good';
  // Who knows only a handle must not be able to let its holder out.
  const shown = request.direction === 'exit' && !authentic ? undefined : ticket;
  const presented: Presented = {
    code: kind,
    ...(shown && { ticket: shown.facts, performance: performance?.facts }),
    ...(proven && { proof: { ...proven.proof, earlier: earlier(parts, ticket, now) } }),
  };
  const said = decide(presented, stateOf(parts, ticket, performance, now), placeOf(job), now);
  const answer = answerOf(job, said, authentic ? ticket : undefined, performance);
  keep(parts, job, answer, shown);
  if (answer.grant && authentic && ticket) grant(parts, job, ticket);
  return answer;
}

function answerOf(
  { request, proven }: ValidateJob,
  said: Verdict,
  ticket: DoorTicket | undefined,
  performance: DoorPerformance | undefined,
): ValidateAnswer {
  const admitted = outcomeOf(said.key) === 'admit';
  return {
    scanId: request.scanId,
    verdict: said,
    ...(admitted ? { grant: { passageMs: request.passageMs } } : {}),
    ...(proven ? { handle: proven.handle } : {}),
    ...(proven?.proof.signature === 'good' ? { slot: proven.proof.slot } : {}),
    ...(ticket && performance
      ? {
          ticket: ticket.facts.id,
          performance: ticket.performance,
          label: { title: performance.facts.title, ...ticket.label },
        }
      : {}),
  };
}

function keep(
  parts: ValidateParts,
  { gateway, request, proven, now }: ValidateJob,
  answer: ValidateAnswer,
  ticket: DoorTicket | undefined,
): void {
  const row = parts.scans.addScan({
    gateway,
    scan: request.scanId,
    lane: request.lane,
    direction: request.direction,
    performance: ticket?.performance ?? null,
    ticket: ticket?.facts.id ?? null,
    decided_by: 'cloud',
    verdict: answer.verdict.key,
    details: JSON.stringify(answer.verdict.details),
    answer: JSON.stringify(answer),
    slot: answer.slot ?? null,
    at: now,
    received: now,
    cursor: parts.door.change(),
    generation: proven?.proof.generation ?? null,
  });
  parts.wrote(row);
}

function grant(parts: ValidateParts, job: ValidateJob, ticket: DoorTicket): void {
  const { gateway, request, proven, now } = job;
  parts.grants.add({
    gateway,
    scan: request.scanId,
    lane: request.lane,
    direction: request.direction,
    ticket: ticket.facts.id,
    performance: ticket.performance,
    slot: proven?.proof.slot ?? null,
    passage_ms: request.passageMs,
    granted: now,
  });
}

function stateOf(
  { grants }: ValidateParts,
  ticket: DoorTicket | undefined,
  performance: DoorPerformance | undefined,
  now: Moment,
): TicketState {
  if (!ticket || !performance) return { used: 0, inside: 0, grants: [], occupancy: 0 };
  return {
    used: ticket.used,
    inside: ticket.inside,
    lastUse: ticket.lastUse,
    burnt: ticket.burnt,
    grants: grants.openOf(ticket.facts.id).map((row) => openGrant(row, now)),
    occupancy: performance.inside + grants.countOf(ticket.performance),
  };
}

function openGrant(row: GrantRow, now: Moment): OpenGrant {
  return {
    gateway: row.gateway,
    lane: row.lane,
    scanId: row.scan,
    unsettled: row.unsettled === 1 || now > row.granted + row.passage_ms + SILENCE_MS,
  };
}

function earlier({ scans }: ValidateParts, ticket: DoorTicket | undefined, now: Moment) {
  const row = ticket && scans.lastSkewed(ticket.facts.id, now - EARLIER_MS);
  return row && { slot: row.slot, skew: row.slot - slotAt(row.at) };
}

/** The cloud's own clock is the one that all others are set by. */
function placeOf({ gateway, request, place }: ValidateJob): Place {
  const { lane, direction } = request;
  return { gateway, lane, direction, ...place, open: true, decider: 'cloud', clock: 'trusted' };
}
