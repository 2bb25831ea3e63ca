import { short } from './ledger.ts';
import type { Programme, Settings, Show } from './programme.ts';
import type { BoxOffice, SoldTicket } from './tickets.ts';
import { EVENING, type World } from './world.ts';

/** The office changes something about this often. */
const OFFICE_MS = 3_000;
const STATUSES = [
  'blocked',
  'cancelled',
  'taken-back',
  'unpaid',
  'valid',
  'valid',
  'valid',
] as const;
const HOUR_MS = 3_600_000;

export interface OfficeParts {
  readonly world: World;
  readonly cloud: { readonly up: boolean; ticketing(): Ticketed };
  readonly programme: Programme;
  readonly box: BoxOffice;
  readonly sold: (ticket: SoldTicket) => void;
}

interface Ticketed {
  changeTicket(id: string, changes: { status: (typeof STATUSES)[number] }): Promise<unknown>;
}

/** What the office has said of a ticket, and when the cloud had it on disk. */
export interface Office {
  stop(): void;
  /**
   * Whether a ticket was surely held back at a moment: set so this long before, and nothing else
   * asked for up to this long after.
   */
  wasRevoked(ticket: string, at: number, sure: number): boolean;
}

interface Said {
  readonly status: string;
  readonly asked: number;
  /** Infinity while nobody knows whether the cloud has it. */
  done: number;
}

/** An office that blocks, refunds, takes back, sends again, sells, and changes performances. */
export function openOffice({ world, cloud, programme, box, sold }: OfficeParts): Office {
  const { random, story } = world;
  const said = new Map<string, Said[]>();
  let open = true;

  async function setStatus(): Promise<void> {
    const { id } = random.pick(box.tickets);
    const status = random.pick(STATUSES);
    story.tell('office', `${short(id)} becomes ${status}`);
    const one: Said = { status, asked: world.now, done: Number.POSITIVE_INFINITY };
    said.set(id, [...(said.get(id) ?? []), one]);
    await cloud.ticketing().changeTicket(id, { status });
    one.done = world.now;
  }

  async function redeliver(): Promise<void> {
    const phones = box.tickets.filter(({ secure }) => secure);
    const ticket = random.pick(phones);
    story.tell('office', `${short(ticket.id)} goes to another phone`);
    await ticket.redeliver();
  }

  async function change(): Promise<void> {
    const show = random.pick(programme.shows);
    const changes = drawn(show);
    story.tell('office', `${short(show.id)} gets ${Object.keys(changes).join(', ')}`);
    await programme.change(show, changes);
  }

  function drawn(show: Show): Partial<Settings> {
    const { capacity, opens } = show.settings();
    const now = Math.round(EVENING + world.now);
    return random.pick<() => Partial<Settings>>([
      () => ({ capacity: capacity === null ? null : random.whole(2, 20) }),
      () => ({ closes: Math.max(opens + 1, now - 1_000) }),
      () => ({ closes: Math.max(opens, now) + 5 * HOUR_MS }),
      () => ({ closes: Math.max(opens, now) + 5 * HOUR_MS }),
      () => ({ offline: random.pick(['refuse', 'staff', 'verify'] as const) }),
      () => ({ stalePhone: random.pick(['refuse', 'staff', 'admit'] as const) }),
      () => ({ offlineCap: random.chance(0.5) ? null : random.whole(1, 8) }),
    ])();
  }

  async function sell(): Promise<void> {
    sold(await box.sell(random.pick(programme.shows)));
  }

  const acts = [setStatus, setStatus, setStatus, redeliver, change, sell];
  const next = () => {
    if (!open) return;
    if (cloud.up) {
      const act = random.pick(acts);
      act().catch((fault: Error) => story.tell('office', fault.message));
    }
    world.after(random.wait(OFFICE_MS), next);
  };
  world.after(random.wait(OFFICE_MS), next);
  return {
    stop() {
      open = false;
    },
    wasRevoked(ticket, at, sure) {
      const all = said.get(ticket) ?? [];
      const around = all.filter(({ asked, done }) => asked <= at + sure && done > at - sure);
      const before = all.findLast(({ done }) => done <= at - sure);
      return around.length === 0 && before !== undefined && before.status !== 'valid';
    },
  };
}
