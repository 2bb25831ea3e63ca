import type { GatewayEvent } from '@gatehouse/gateway/parts';
import { type JournalBody, outcomeOf } from '@gatehouse/protocol';
import { type DoorRules, HELD_OUT_MS } from './door-rules.ts';
import type { DurableRow } from './journal-disk.ts';
import type { Truth } from './phones.ts';
import type { SoldTicket } from './tickets.ts';
import type { World } from './world.ts';

/** Longest that a lane may take to say something: the cloud's deadline, the journal's, a margin. */
export const ANSWER_MS = 1_500 + 3_000 + 500;
const UNLOCK_MAX_MS = 7_000;
/** The longest pulse, the grace after it, and the 5 s in which an edge still counts as late. */
const LATE_AFTER_PULSE_MS = 7_000 + 500 + 5_000;
const WAITING_MAX = 1_000;
/** An answer of a relay may cross the next guest's command. */
const READ_BACK_MS = 100;
/** Clock names `go` may stand after its relay has closed: the sensor's grace, and a margin. */
const GO_AFTER_MS = 1_000;
/** What a lane left open is not set aside sooner, by clocks that may run a little too fast. */
const OPEN_MS = 118_000;

type Intent = Extract<JournalBody, { kind: 'intent' }>;

/** What is known of one scan that was admitted. */
export interface Admission {
  readonly gateway: string;
  readonly lane: string;
  readonly intent: Intent;
  /** When it was asked to be written, and when it was. */
  readonly asked: number;
  readonly durable: number;
  /** Which run of its gateway wrote it. */
  readonly epoch: string;
  /** When its relay opened; at a handheld, when it was decided for good. */
  pulsed?: number | undefined;
  /** Somebody went through while its relay was open. */
  passed?: number;
  /**
   * Somebody pushed through so soon after the release that the sensor's edge counts as late, also
   * where the disk never took the row and only the live news told the cloud.
   */
  pushed?: boolean;
  /** Where the row of its end stands. */
  place?: { readonly epoch: string; readonly seq: number };
  /** What its gateway wrote down of its end. */
  result?: 'passed' | 'late' | 'released' | 'cancelled' | 'unsettled';
}

/** What is known of one lane. */
export interface LaneBook {
  gateway: string;
  readonly direction: 'entry' | 'exit';
  readonly hasSensor: boolean;
  /** A handheld: people let in and out, and no relay does. */
  readonly isHand?: boolean;
  /** Codes and tickets, and when they were last held out. */
  readonly heldOut: Map<string, number>;
  /** The same for what is true of rotating codes, by ticket, slot and generation. */
  readonly held: Map<string, Truth & { at: number }>;
  /** Since when the relay reads back that it does not close. */
  stuck?: number | undefined;
  state: string;
  said: string;
  last?: Admission | undefined;
  edges: number;
  commits: number;
  pulsedUntil: number;
  waiting?: { since: number; forPulse: boolean } | undefined;
}

/**
 * Everything true of an evening, gathered where parts meet: rows at the disk, pulses and people at
 * the barrier, codes at the camera. Checks the invariants that hold at every step.
 */
export interface Ledger {
  readonly rows: readonly DurableRow[];
  readonly admissions: ReadonlyMap<string, Admission>;
  readonly states: () => string[];
  addLane(
    lane: string,
    book: Pick<LaneBook, 'gateway' | 'direction' | 'hasSensor' | 'isHand'>,
  ): void;
  addTicket(ticket: SoldTicket): void;
  /** Another machine stands at these lanes from now on. */
  replaced(gateway: string, by: string): void;
  /** A code is held out, and this is true of it, if it is anybody's. */
  shown(lane: string, code: string, truth: Truth | undefined): void;
  durable(row: DurableRow): void;
  /** A row was given to the journal by a run of a gateway. */
  written(epoch: string, body: JournalBody): void;
  /** A handheld may let somebody in under this scan id. */
  admits(lane: string, scanId: string): void;
  /** Somebody can have left on a ticket, by this scan of a handheld. */
  left(ticket: string, scanId: string): void;
  pulse(lane: string, direction: 'entry' | 'exit', milliseconds: number): void;
  signal(lane: string, signal: string): void;
  passage(lane: string, open: boolean): void;
  lock(lane: string, off: boolean): void;
  heard(gateway: string, event: GatewayEvent): void;
  queues(gateway: string, disk: number, settles: number): void;
  died(gateway: string): void;
  fire(gateway: string): void;
}

/** @param status what the ticket store on a gateway's disk says of a ticket now */
export function createLedger(
  world: World,
  status: (gateway: string, ticket: string) => string | undefined,
  rules: DoorRules,
): Ledger {
  const { story } = world;
  const rows: DurableRow[] = [];
  const admissions = new Map<string, Admission>();
  const byTicket = new Map<string, Admission[]>();
  const lanes = new Map<string, LaneBook>();
  const tickets = new Map<string, SoldTicket>();
  const exits = new Map<string, number>();
  const gone = new Set<string>();
  const sequences = new Map<string, number>();
  const book = (lane: string) => lanes.get(lane) as LaneBook;

  world.watch(() => {
    for (const [lane, one] of lanes) {
      const { waiting } = one;
      if (!waiting || world.now - waiting.since <= ANSWER_MS) continue;
      one.waiting = undefined;
      const invariant = waiting.forPulse ? 'exit-opens' : 'answer-in-time';
      story.wrong(invariant, `${lane} let a guest stand for ${ANSWER_MS} ms`);
    }
  });

  /** Follows the rows: sequences without gaps, ends that belong to a passage. */
  function durable(row: DurableRow): void {
    const { gateway, epoch, seq, body } = row;
    rows.push(row);
    const name = `${gateway}/${epoch}`;
    if (seq !== (sequences.get(name) ?? 0) + 1) {
      story.wrong('sequence-once', `${name} writes ${seq} after ${sequences.get(name)}`);
    }
    sequences.set(name, seq);
    const what = body.kind === 'result' ? body.result : body.kind === 'event' ? body.event : '';
    const said = 'verdict' in body ? body.verdict.key : what;
    story.tell(body.lane ?? gateway, `row ${seq}: ${body.kind} ${said} ${short(body.ticket)}`);
    if (body.kind === 'intent' && body.scanId && body.lane) intent(row, body);
    if (body.kind === 'result') result(row, body);
  }

  function intent({ gateway, asked, epoch }: DurableRow, body: Intent): void {
    const lane = body.lane as string;
    const scanId = body.scanId as string;
    const admission: Admission = { gateway, lane, intent: body, asked, durable: world.now, epoch };
    const known = admissions.get(scanId);
    // A handheld has asked again under the same id, and the run before this one let nobody in.
    if (known && book(lane).isHand) {
      Object.assign(known, admission, { pulsed: undefined, result: undefined });
      return;
    }
    admissions.set(scanId, admission);
    book(lane).last = admission;
    const { ticket } = body;
    if (ticket !== undefined) byTicket.set(ticket, [...(byTicket.get(ticket) ?? []), admission]);
    rules.intent(admission);
  }

  function result({ epoch, seq }: DurableRow, body: Extract<JournalBody, { kind: 'result' }>) {
    const admission = admissions.get(body.scanId as string);
    if (admission) Object.assign(admission, { result: body.result, place: { epoch, seq } });
    if (body.result !== 'passed' && body.result !== 'late') return;
    const one = book(body.lane as string);
    one.commits += 1;
    if (one.hasSensor && one.commits > one.edges) {
      story.wrong('commit-had-passage', `${body.lane} wrote ${body.result} for ${body.scanId}`);
    }
  }

  function pulse(lane: string, direction: 'entry' | 'exit', milliseconds: number): void {
    const one = book(lane);
    one.waiting = undefined;
    one.pulsedUntil = world.now + milliseconds;
    const admission = one.last;
    story.tell(lane, `relay opens for ${Math.round(milliseconds)} ms`);
    if (milliseconds > UNLOCK_MAX_MS) story.wrong('pulse-bounded', `${lane}: ${milliseconds} ms`);
    if (direction === 'exit') {
      leaves(one);
      return;
    }
    if (world.now - (one.stuck ?? world.now) > READ_BACK_MS)
      story.wrong('stuck-closes', `${lane} opened with a relay that is stuck`);
    if (!admission || admission.pulsed !== undefined || admission.result !== undefined) {
      story.wrong('intent-before-pulse', `${lane} opened without a durable intent of its own`);
      return;
    }
    admission.pulsed = world.now;
    judge(one, admission);
  }

  /** Whose code was held out when an exit opened has left, as far as any gateway can know. */
  function leaves({ heldOut }: LaneBook): void {
    for (const [ticket, at] of heldOut) {
      if (!tickets.has(ticket) || world.now - at > ANSWER_MS) continue;
      exits.set(ticket, (exits.get(ticket) ?? 0) + 1);
    }
  }

  /** At a handheld who is decided for good is let in; of others his steward has to say. */
  function admits(lane: string, scanId: string): void {
    const one = book(lane);
    const admission = admissions.get(scanId);
    if (admission?.lane !== lane) {
      story.wrong('intent-before-pulse', `${lane} let in without a durable intent of its own`);
      return;
    }
    if (admission.pulsed !== undefined || admission.intent.direction === 'exit') return;
    admission.pulsed = world.now;
    judge(one, admission);
  }

  function judge(one: LaneBook, admission: Admission): void {
    const { gateway, heldOut } = one;
    const { intent: said, lane } = admission;
    const ticket = tickets.get(said.ticket ?? '');
    const isWord = said.verdict.key === 'override';
    const held = heldOut.get(said.ticket ?? '') ?? Number.NEGATIVE_INFINITY;
    const isShown = isWord || world.now - held <= HELD_OUT_MS;
    if (outcomeOf(said.verdict.key) !== 'admit' || !ticket || !isShown) {
      story.wrong('unknown-never-green', `${lane} opened for ${said.verdict.key} ${said.ticket}`);
      return;
    }
    if ((status(gateway, ticket.id) ?? 'valid') !== 'valid') {
      story.wrong('revoked-never-green', `${lane} opened for ${short(ticket.id)}`);
    }
    const before = (byTicket.get(ticket.id) ?? []).filter((one) => one !== admission);
    if (isWord) onWord(admission, before);
    else onTicket(admission, ticket, before);
    rules.opened({ admission, ticket, book: one, exits });
  }

  /** A person sets nothing aside on which somebody may still be passing. */
  function onWord({ lane, gateway }: Admission, before: readonly Admission[]): void {
    const open = before.find(
      (one) =>
        one.gateway === gateway && one.result === 'unsettled' && world.now - one.durable < OPEN_MS,
    );
    if (!open) return;
    story.wrong('override-waits', `${lane} set aside ${short(open.intent.ticket)} at ${open.lane}`);
  }

  function onTicket(admission: Admission, ticket: SoldTicket, before: readonly Admission[]): void {
    const { gateway, lane, intent: said } = admission;
    const passed = before.filter((one) => hasPassed(one) && one.intent.direction === 'entry');
    const entries = passed.filter((one) => one.gateway === gateway);
    // Whom a person let in beside may have left, and come back.
    const words = passed.filter(({ intent }) => intent.verdict.key === 'override').length;
    const left = ticket.show.reEntry ? (exits.get(ticket.id) ?? 0) + words : 0;
    if (entries.length >= ticket.uses + left) {
      story.wrong('once-per-gateway', `${lane} opened again for ${short(ticket.id)}`);
    }
    const { slot } = said;
    const burnt = passed.some(
      (one) =>
        one.result !== 'late' && isHeard(one, admission) && (one.intent.slot ?? -1) >= (slot ?? 0),
    );
    if (slot !== undefined && burnt) {
      story.wrong('slot-once', `${lane} opened on a burnt code of ${short(ticket.id)}`);
    }
  }

  function shown(lane: string, code: string, truth: Truth | undefined): void {
    const one = book(lane);
    const seen = one.heldOut.get(code) ?? Number.NEGATIVE_INFINITY;
    one.heldOut.set(code, world.now);
    if (truth) {
      const { ticket, slot, generation } = truth;
      one.heldOut.set(ticket, world.now);
      one.held.set(`${ticket}/${slot}/${generation}`, { ...truth, at: world.now });
    }
    const isFree = one.state === 'idle' || one.state === 'closed';
    if (one.isHand) story.scans += 1;
    if (one.isHand || one.waiting || !isFree) return;
    const forPulse = one.direction === 'exit' && world.now - seen > ANSWER_MS;
    one.waiting = { since: world.now, forPulse };
    story.scans += 1;
  }

  function heard(gateway: string, event: GatewayEvent): void {
    if (event.type === 'uplink') story.tell(gateway, `uplink ${event.state}`);
    if (event.type !== 'lane') return;
    const { lane, state, verdict, fault } = event;
    const one = book(lane);
    if (state !== one.state)
      story.tell(lane, `${state}${fault === undefined ? '' : ` (${fault})`}`);
    const says = verdict?.key ?? '';
    if (says !== '' && says !== one.said) story.tell(lane, `says ${says}`);
    Object.assign(one, { state, said: says });
    if (one.waiting?.forPulse !== true && (verdict || state === 'granted')) one.waiting = undefined;
    if (state === 'emergency') one.waiting = undefined;
  }

  return {
    rows,
    admissions,
    states: () => [...lanes].map(([lane, { state }]) => `${lane} ${state}`),
    addLane(lane, given) {
      const fresh = { edges: 0, commits: 0, pulsedUntil: 0, state: 'down', said: '' };
      if (given.isHand) fresh.state = 'idle';
      lanes.set(lane, { ...given, ...fresh, heldOut: new Map(), held: new Map() });
    },
    addTicket: (ticket) => void tickets.set(ticket.id, ticket),
    replaced(gateway, by) {
      for (const one of lanes.values()) if (one.gateway === gateway) one.gateway = by;
    },
    shown,
    durable,
    written(epoch, body) {
      if (body.kind !== 'result' || body.result !== 'passed' || !body.scanId || !body.lane) return;
      const { epoch: its, lane } = admissions.get(body.scanId) ?? {};
      // What a run before has left open is settled by people, not let in now.
      const isNow = its === epoch && lane === body.lane && lanes.get(lane)?.isHand;
      if (isNow) admits(lane, body.scanId);
    },
    admits,
    left(ticket, scanId) {
      if (gone.has(scanId)) return;
      gone.add(scanId);
      exits.set(ticket, (exits.get(ticket) ?? 0) + 1);
    },
    pulse,
    signal(lane, signal) {
      if (signal !== 'go' || world.now <= book(lane).pulsedUntil + GO_AFTER_MS) return;
      story.wrong('green-only-open', `${lane} showed green without an open relay`);
    },
    passage(lane, open) {
      const one = book(lane);
      one.edges += 1;
      story.tell(lane, open ? 'somebody passes' : 'somebody pushes through');
      const { last } = one;
      if (last?.pulsed === undefined) return;
      if (open) last.passed ??= world.now;
      else if (world.now - last.pulsed <= LATE_AFTER_PULSE_MS) last.pushed = true;
    },
    lock(lane, off) {
      const one = book(lane);
      one.stuck = off ? undefined : (one.stuck ?? world.now);
    },
    heard,
    queues(gateway, disk, settles) {
      if (disk <= WAITING_MAX && settles <= WAITING_MAX) return;
      story.wrong('queues-bounded', `${gateway}: ${disk} rows, ${settles} news`);
    },
    died(gateway) {
      for (const one of lanes.values()) {
        if (one.gateway !== gateway || one.isHand) continue;
        one.state = 'down';
        one.waiting = undefined;
        one.stuck = undefined;
      }
    },
    fire(gateway) {
      for (const one of lanes.values()) if (one.gateway === gateway) one.waiting = undefined;
    },
  };
}

export function hasPassed({ passed, result }: Admission): boolean {
  return passed !== undefined || result === 'passed' || result === 'late';
}

/** Who decides about one knows of the other: the same gateway by itself, or the cloud. */
function isHeard(one: Admission, other: Admission): boolean {
  const [by, then] = [one.intent.decidedBy, other.intent.decidedBy];
  return then === 'cloud' ? by === 'cloud' : one.gateway === other.gateway;
}

/** Enough of an id for people. */
export function short(id: string | undefined): string {
  return id === undefined ? '' : id.slice(0, 6);
}
