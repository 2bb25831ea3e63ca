import type { Gate } from './gate.ts';
import type { GatewayNode, Place } from './gateway-node.ts';
import { type Ledger, short } from './ledger.ts';
import { forged } from './phones.ts';
import type { BoxOffice, SoldTicket } from './tickets.ts';
import type { Happening, World } from './world.ts';

/** How often a camera reads a code that is held out. */
const READ_MS = 300;
/** A guest stands at a lane this long at most. */
const PATIENCE_MS = 9_000;

/** One lane as a guest finds it. */
export interface Door {
  readonly lane: string;
  readonly index: number;
  readonly gateway: GatewayNode;
  readonly direction: 'entry' | 'exit';
  readonly gate: Gate;
  readonly place: Place;
  front?: Visit | undefined;
}

/** One person with one code at one lane. */
export interface Visit {
  readonly door: Door;
  readonly name: string;
  code(): string;
  readonly ticket: SoldTicket | undefined;
  /** Told at the end whether the lane opened for him. */
  readonly done: (opened: boolean) => void;
  readonly willWalk: boolean;
  opened: boolean;
  timers: (Happening | undefined)[];
}

export interface Guests {
  readonly doors: readonly Door[];
  /** Who has gone in, and who has come out again; also at handhelds. */
  readonly insiders: Set<SoldTicket>;
  readonly outside: Set<SoldTicket>;
  /** People come by themselves until `stop`; again changes how often. */
  start(everyMs: number): void;
  stop(): void;
  /** One person who holds out this ticket and goes through. */
  send(door: Door, ticket: SoldTicket): Promise<boolean>;
  /** The relay of a lane opened: whoever stands there sees green. */
  opened(lane: string): void;
  /** The lane said no. */
  refused(lane: string): void;
}

export function createGuests(
  parts: { world: World; ledger: Ledger; box: BoxOffice },
  doors: readonly Door[],
): Guests {
  const { world, ledger, box } = parts;
  const { random } = world;
  /** Pictures taken of a phone, shown by others later. */
  const pictures = new Map<string, string>();
  const insiders = new Set<SoldTicket>();
  const outside = new Set<SoldTicket>();
  let coming = false;
  let upcoming: Happening | undefined;

  function visit(door: Door, given: Pick<Visit, 'name' | 'ticket' | 'code' | 'willWalk' | 'done'>) {
    const person: Visit = { ...given, door, opened: false, timers: [] };
    door.front = person;
    world.story.tell(door.lane, `${given.name} comes`);
    const hold = () => {
      if (door.front !== person) return;
      const code = person.code();
      if (door.gateway.serves && !door.gate.fire) ledger.shown(door.lane, code, box.truth(code));
      door.gateway.read(door.index, code);
      person.timers[0] = world.after(READ_MS, hold);
    };
    person.timers = [undefined, world.after(PATIENCE_MS, () => leave(person))];
    hold();
  }

  function leave(person: Visit): void {
    if (person.door.front !== person) return;
    person.door.front = undefined;
    for (const timer of person.timers) world.cancel(timer);
    person.done(person.opened);
  }

  function walk(person: Visit): void {
    const { ticket, door } = person;
    door.gate.pass();
    if (ticket) {
      const [to, from] = door.direction === 'exit' ? [outside, insiders] : [insiders, outside];
      to.add(ticket);
      from.delete(ticket);
    }
    leave(person);
    if (!random.chance(0.06)) return;
    world.after(random.between(200, 900), () => person.door.gate.pass());
  }

  function come(): void {
    const free = doors.filter(({ front }) => !front);
    if (free.length === 0) return;
    const door = random.pick(free);
    const kind = random.next();
    if (kind < 0.02) {
      door.gate.pass();
    } else if (kind < 0.08) {
      const code = `not-a-ticket-${random.whole(1, 5)}`;
      visit(door, { ...stranger, code: () => code, done: () => undefined });
    } else {
      present(door, ofInterest(door), 2);
    }
  }

  const stranger = { name: 'a stranger', ticket: undefined, willWalk: false };

  /** At an exit mostly people who are inside; at an entry also those who went out. */
  function ofInterest(door: Door): SoldTicket {
    const been = door.direction === 'exit' ? [...insiders] : [...outside];
    const isAny = random.chance(door.direction === 'exit' ? 0.2 : 0.7);
    return isAny || been.length === 0 ? random.pick(box.tickets) : random.pick(been);
  }

  /** Whoever is refused tries again elsewhere some times. */
  function present(door: Door, ticket: SoldTicket, tries: number): void {
    const picture = pictures.get(ticket.id);
    const copied = ticket.secure && picture !== undefined && random.chance(0.3);
    const [way, code] = copied ? (['picture of', () => picture] as const) : held(ticket);
    if (ticket.secure && random.chance(0.5)) pictures.set(ticket.id, ticket.code());
    const name = `${way} ${short(ticket.id)}`;
    visit(door, {
      ...{ name, ticket, code, willWalk: random.chance(0.82) },
      done(opened) {
        if (tries === 0 || (opened && random.chance(0.7))) return;
        world.after(random.between(300, 12_000), () => {
          const free = doors.filter(({ front }) => !front);
          if (coming && free.length > 0) present(random.pick(free), ticket, tries - 1);
        });
      },
    });
    // Somebody else holds out the same code at the same moment.
    if (tries > 0 && random.chance(0.12)) {
      const free = doors.filter(({ front }) => !front);
      const elsewhere = free.filter(({ gateway }) => gateway !== door.gateway);
      const other = random.chance(0.5) ? elsewhere[0] : free[0];
      if (other) present(other, ticket, 0);
    }
  }

  /** Mostly the guest's own phone or paper; now and then an older phone, or something made up. */
  function held(ticket: SoldTicket): readonly [string, () => string] {
    const kind = ticket.secure ? random.next() : 1;
    if (kind < 0.05) return ['forged', () => forged(ticket.code())];
    if (kind < 0.15) return ['old phone of', () => ticket.old() ?? ticket.code()];
    return ['ticket', ticket.code];
  }

  return {
    ...{ doors, insiders, outside },
    start(everyMs) {
      coming = true;
      world.cancel(upcoming);
      const next = () => {
        if (!coming) return;
        come();
        upcoming = world.after(random.wait(everyMs), next);
      };
      next();
    },
    stop() {
      coming = false;
    },
    send: (door, ticket) =>
      new Promise((done) => {
        const { id } = ticket;
        visit(door, {
          name: `ticket ${short(id)}`,
          ticket,
          code: ticket.honest,
          willWalk: true,
          done,
        });
      }),
    opened(lane) {
      const person = doors.find((door) => door.lane === lane)?.front;
      if (!person || person.opened) return;
      person.opened = true;
      const late = random.chance(0.06) ? random.between(6_000, 9_000) : random.between(400, 3_000);
      person.timers.push(world.after(late, () => (person.willWalk ? walk(person) : leave(person))));
    },
    refused(lane) {
      const person = doors.find((door) => door.lane === lane)?.front;
      if (!person || person.opened) return;
      person.timers.push(world.after(random.between(500, 4_000), () => leave(person)));
    },
  };
}
