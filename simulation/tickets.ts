import { generateKeyPairSync } from 'node:crypto';
import type { StoredTicket, TicketStore } from '@gatehouse/gateway/parts';
import type { CloudNode } from './cloud-node.ts';
import { GOOD_PHONE, type Habits, type PhoneParts, phoneOf, type Truth } from './phones.ts';
import { DOORS_MS, type Programme, type Show } from './programme.ts';
import type { World } from './world.ts';

/** Phones' keys are made once for all seeds: what they are changes nothing. */
const PHONES = Array.from({ length: 8 }, () => generateKeyPairSync('ec', { namedCurve: 'P-256' }));
const MINUTE_MS = 60_000;
const SLOT_MS = 30_000;

/** A sold ticket with what its holder can show. */
export interface SoldTicket {
  readonly id: string;
  readonly show: Show;
  readonly uses: number;
  readonly secure: boolean;
  readonly entrances: readonly string[];
  /** What a camera reads off it now. */
  code(): string;
  /** The same off a phone that is in order. */
  honest(): string;
  /** What the phones show that had it before. */
  old(): string | undefined;
  /** The generation that counts, if it has been so since then. */
  generation(since: number): number | undefined;
  /** Sends it to another phone; the first one's codes are of no use from then on. */
  redeliver(): Promise<void>;
  /** How a gateway has it. */
  stored(store: TicketStore): StoredTicket | undefined;
}

/** The box office: it goes on selling during the evening. */
export interface BoxOffice {
  readonly tickets: readonly SoldTicket[];
  /** What is true of a code. */
  truth(code: string): Truth | undefined;
  sell(show: Show): Promise<SoldTicket>;
}

export async function openBoxOffice(
  world: World,
  cloud: CloudNode,
  programme: Programme,
): Promise<BoxOffice> {
  const { random } = world;
  const tickets: SoldTicket[] = [];
  const truths = new Map<string, Truth>();
  const parts = { world, cloud, truths };

  async function sell(show: Show): Promise<SoldTicket> {
    const uses = random.chance(0.7) ? 1 : random.whole(2, 4);
    const entrances = random.chance(0.12) ? [random.pick(['north', 'south'])] : [];
    const order = { status: 'valid' as const, uses, entrances, label: {} };
    const { id, code = '', handle } = await cloud.ticketing().addTicket(show.id, order);
    const common = { id, show, uses, secure: show.secure, entrances };
    const ticket = show.secure
      ? { ...common, ...(await onPhone(parts, id, handle as string, tickets.length)) }
      : { ...common, ...onPaper(code) };
    truths.set(code, { ticket: id });
    tickets.push(ticket);
    return ticket;
  }

  for (const [n, show] of programme.shows.entries()) {
    const count = n < 2 ? random.whole(10, 30) : random.whole(3, 8);
    for (let sold = 0; sold < count; sold++) await sell(show);
  }
  return { tickets, truth: (code) => truths.get(code), sell };
}

type Carried = Pick<SoldTicket, 'code' | 'honest' | 'old' | 'generation' | 'redeliver' | 'stored'>;

function onPaper(code: string): Carried {
  return {
    ...{ code: () => code, honest: () => code, old: () => undefined },
    ...{ generation: () => undefined, redeliver: async () => undefined },
    stored: (store) => store.find(code),
  };
}

/** A secure ticket with its phone, and with those that had it before. */
async function onPhone(parts: PhoneParts, id: string, handle: string, n: number): Promise<Carried> {
  const { world, cloud } = parts;
  const bindings: { show: () => string; honest: () => string; generation: number; at: number }[] =
    [];
  async function deliver(): Promise<void> {
    const phone = PHONES[(n + bindings.length) % PHONES.length] as (typeof PHONES)[0];
    const spki = phone.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
    const habits = drawn(world);
    const bound = await cloud.ticketing().bindKey(id, spki);
    const of = { ...bound, ticket: id };
    bindings.push({
      show: phoneOf(parts, phone.privateKey, of, habits),
      honest: phoneOf(parts, phone.privateKey, of, GOOD_PHONE),
      ...{ generation: bound.generation, at: world.now },
    });
  }
  await deliver();
  const latest = () => bindings.at(-1) as (typeof bindings)[0];
  return {
    code: () => latest().show(),
    honest: () => latest().honest(),
    old: () => bindings.at(-2)?.show(),
    generation: (since) => bindings.findLast(({ at }) => at <= since)?.generation,
    redeliver: deliver,
    stored: (store) => store.findSecure(handle),
  };
}

/** Most phones are in order; some clocks are off, some have been without network. */
function drawn({ random, now }: World): Habits {
  const skew = random.chance(0.8) ? random.between(-5_000, 5_000) : random.whole(-6, 6) * SLOT_MS;
  const from = Math.max(now, DOORS_MS) - random.whole(2, 35) * MINUTE_MS;
  const until = from + random.whole(5, 90) * MINUTE_MS;
  return { skew, lost: random.chance(0.2) ? [Math.max(0, from), until] : [0, 0] };
}
