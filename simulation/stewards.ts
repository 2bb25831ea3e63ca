import type { HandMode, HandScan, Told } from '@gatehouse/gateway/parts';
import { mayOverride, outcomeOf } from '@gatehouse/protocol';
import type { Guests } from './guests.ts';
import { type Answer, type Handheld, scanIdFrom, type Wish } from './handhelds.ts';
import { type Admission, type Ledger, short } from './ledger.ts';
import { forged } from './phones.ts';
import type { Show } from './programme.ts';
import type { Random } from './random.ts';
import type { BoxOffice, SoldTicket } from './tickets.ts';
import type { World } from './world.ts';

const EVERYTHING: HandMode = { direction: 'entry', performances: [], confirms: false };
/** A guest whom a person wants in came without anything to show. */
const NO_CODE = 0.1;

export interface StewardParts {
  readonly world: World;
  readonly random: Random;
  readonly box: BoxOffice;
  readonly ledger: Pick<Ledger, 'admissions'>;
  readonly guests: Pick<Guests, 'insiders' | 'outside'>;
  readonly shows: readonly Show[];
  readonly hands: readonly Handheld[];
}

/** The people who hold the handhelds. */
export interface Stewards {
  /** They work until `stop`; again changes how often they do something. */
  start(everyMs: number): void;
  stop(): void;
  /** One guest with this ticket; resolves with whether he was let in. */
  send(hand: Handheld, ticket: SoldTicket): Promise<boolean>;
}

export function createStewards(parts: StewardParts): Stewards {
  const { world, random, box, ledger, hands } = parts;
  const { insiders, outside } = parts.guests;
  const { story } = world;
  const wantsOut = new Set<Handheld>();
  const busy = new Set<Handheld>();
  let coming = false;
  let every = 0;

  const later = (from: number, to: number, run: () => void) =>
    void world.after(random.between(from, to), run);

  const drawId = () => scanIdFrom(random);

  function scanOf(code: string): HandScan {
    return { scanId: drawId(), code, source: 'camera' };
  }

  function ask(hand: Handheld, wish: Wish, what: string, then?: (told: readonly Told[]) => void) {
    story.tell(hand.lane, what);
    hand.ask(wish, (answer) => {
      story.tell(hand.lane, `hears ${wordsOf(answer)}`);
      then?.('told' in answer ? answer.told : []);
    });
  }

  /** A guest whom his handheld has told to go. */
  function goes({ scanId, ticket, direction }: Told): void {
    const admission = ledger.admissions.get(scanId);
    if (admission && direction === 'entry') admission.passed ??= world.now;
    const his = box.tickets.find(({ id }) => id === ticket);
    if (!his) return;
    const [to, from] = direction === 'exit' ? [outside, insiders] : [insiders, outside];
    to.add(his);
    from.delete(his);
  }

  function scan(hand: Handheld): void {
    const exit = wantsOut.has(hand);
    const been = exit ? [...insiders] : [...outside];
    const isAny = been.length === 0 || random.chance(exit ? 0.2 : 0.7);
    const ticket = random.pick(isAny ? box.tickets : been);
    const code = random.chance(0.05) ? 'not-a-ticket-9' : shownBy(ticket);
    present(hand, scanOf(code), `scans ${short(ticket.id)}`);
  }

  function present(hand: Handheld, asked: HandScan, what: string): void {
    busy.add(hand);
    ask(hand, { kind: 'scan', scan: asked }, what, ([told]) => {
      busy.delete(hand);
      if (!told) return;
      if (told.open !== undefined) confirm(hand, told);
      else if (told.passed) goes(told);
      else if (outcomeOf(told.verdict.key) !== 'admit') judge(hand, told);
    });
  }

  /** Now and then a forgery, or a phone that had the ticket before. */
  function shownBy(ticket: SoldTicket): string {
    const kind = ticket.secure ? random.next() : 1;
    if (kind < 0.05) return forged(ticket.code());
    return kind < 0.12 ? (ticket.old() ?? ticket.code()) : ticket.code();
  }

  /** The guest goes in, or does not; his steward says so, if he does not forget. */
  function confirm(hand: Handheld, told: Told): void {
    const [passed, says] = [random.chance(0.8), random.chance(0.9)];
    const admission = ledger.admissions.get(told.scanId);
    if (passed && admission) admission.pushed = true;
    if (!says) return;
    later(300, 9_000, () => {
      const wish = { kind: 'end', scan: told.scanId, passed } as const;
      ask(hand, wish, `says ${passed ? 'in' : 'not in'}`, ([end]) => {
        if (end?.passed) goes(told);
      });
    });
  }

  /** What a person does about a refusal: often nothing. */
  function judge(hand: Handheld, told: Told): void {
    const { verdict, ticket, performance = '', scanId } = told;
    const isLead = hand.who.role !== 'steward';
    if (ticket === undefined || !random.chance(0.4)) return;
    const isOpen = verdict.details.reason === 'unsettled';
    if (isOpen && isLead && random.chance(0.7)) later(500, 3_000, () => settle(hand, ticket));
    else if (mayOverride(verdict, hand.who.role)) {
      const about = { scanId: drawId(), of: scanId, ticket, performance };
      const override = { ...about, reason: 'has shown an invoice' };
      later(500, 4_000, () =>
        ask(hand, { kind: 'override', override }, `wants ${short(ticket)} in`, letIn),
      );
    }
  }

  const letIn = (all: readonly Told[]) => {
    for (const told of all) if (told.passed) goes(told);
  };

  /** Somebody saw what became of a grant that was left open. */
  function settle(hand: Handheld, ticket: string): void {
    const wasSeen = ({ gateway, intent, result, passed, pushed }: Admission) =>
      intent.ticket === ticket &&
      gateway === hand.node.id &&
      (result === 'unsettled' || result === undefined) &&
      (passed !== undefined || pushed === true);
    const passed = [...ledger.admissions.values()].some(wasSeen);
    const what = `says that ${short(ticket)} is ${passed ? 'in' : 'not in'}`;
    ask(hand, { kind: 'settle', ticket, passed }, what);
  }

  /** Comes without a code; a lead finds his ticket by his name. */
  function find(hand: Handheld): void {
    const { id } = random.pick(box.tickets);
    const { row } = hand.node.store()?.byId(id) ?? {};
    if (!row || hand.who.role === 'steward') return;
    const override = {
      ...{ scanId: drawId(), ticket: id, performance: row.performance },
      reason: 'has shown a passport',
    };
    ask(hand, { kind: 'override', override }, `finds ${short(id)}`, letIn);
  }

  function group(hand: Handheld): void {
    const people = random.whole(2, 5);
    const scans = Array.from({ length: people }, () => scanOf(random.pick(box.tickets).code()));
    ask(hand, { kind: 'group', scans }, `scans ${people} tickets at once`, letIn);
  }

  function passes(hand: Handheld): void {
    const several = box.tickets.filter(({ uses, secure }) => uses > 1 && !secure);
    const ticket = random.pick(several.length > 0 ? several : box.tickets);
    const people = random.whole(1, 5);
    const wish = { kind: 'passes', scan: scanOf(ticket.code()), people } as const;
    ask(hand, wish, `lets ${people} in on ${short(ticket.id)}`, letIn);
  }

  function turn(hand: Handheld): void {
    const direction = random.chance(0.3) ? ('exit' as const) : ('entry' as const);
    const performances = random.chance(0.15) ? [random.pick(parts.shows).id] : [];
    const mode = { direction, performances, confirms: random.chance(0.35) };
    if (direction === 'exit') wantsOut.add(hand);
    else wantsOut.delete(hand);
    ask(hand, { kind: 'mode', mode }, `turns to ${direction}`);
  }

  function act(hand: Handheld): void {
    if (!hand.up || busy.has(hand)) return;
    if (!hand.paired) {
      // Whoever holds it tries all the same, until a lead has paired it again.
      if (!hand.node.serves || random.chance(0.6)) scan(hand);
      else {
        hand.pair();
        story.tell(hand.lane, 'is paired again');
      }
      return;
    }
    const kind = random.next();
    if (kind < 0.1) turn(hand);
    else if (kind < 0.18) group(hand);
    else if (kind < 0.26) passes(hand);
    else if (kind < 0.26 + NO_CODE) find(hand);
    else scan(hand);
  }

  function next(hand: Handheld): void {
    world.after(random.wait(every), () => {
      if (!coming) return;
      act(hand);
      next(hand);
    });
  }

  return {
    start(everyMs) {
      every = everyMs;
      if (coming) return;
      coming = true;
      for (const hand of hands) next(hand);
    },
    stop() {
      coming = false;
      busy.clear();
    },
    send: (hand, ticket) =>
      new Promise((done) => {
        ask(hand, { kind: 'mode', mode: EVERYTHING }, 'turns to entry', () => {
          const wish = { kind: 'scan', scan: scanOf(ticket.honest()) } as const;
          ask(hand, wish, `scans ticket ${short(ticket.id)}`, ([told]) => {
            if (told?.passed) goes(told);
            done(told?.passed === true);
          });
        });
      }),
  };
}

function wordsOf(answer: Answer): string {
  if ('fault' in answer) return answer.fault;
  return answer.told
    .map(({ verdict, passed }) => `${verdict.key}${passed ? '' : ' (stays)'}`)
    .join();
}
