import { keptMoment, localText } from './local-time.ts';

export interface Price {
  readonly rank: string;
  readonly validFrom: number;
  readonly cents: number;
}
export interface TicketType {
  readonly id?: string;
  readonly name: string;
  readonly kind: 'normal' | 'discount' | 'free' | 'other' | null;
  readonly kindReason: string;
  readonly staffOnly: boolean;
  readonly prices: readonly Price[];
}

/** Prices as text by rank; empty for none. */
type Texts = Record<string, string>;

/** A ticket type while it is edited. */
export interface TypeForm {
  id?: string;
  name: string;
  kind: TicketType['kind'];
  kindReason: string;
  staffOnly: boolean;
  /** That hold now. */
  prices: Texts;
  /** By the key of a plan. */
  planned: Record<number, Texts>;
}

/** A moment from which other prices hold (P7). */
export interface Plan {
  readonly key: number;
  /** As an input of type `datetime-local` has it. */
  from: string;
  /** The moment it had when it was read; null for a new one. */
  readonly was: number | null;
}

export interface PricesForm {
  types: TypeForm[];
  plans: Plan[];
}

export type PricesFault = 'badPrice' | 'planPast' | 'planTwice';

/** Splits prices into those that hold now and those that are planned. */
export function pricesForm(
  list: readonly TicketType[],
  now: number,
  write: (cents: number) => string,
): PricesForm {
  const later = list.flatMap(({ prices }) =>
    prices.flatMap(({ validFrom }) => (validFrom > now ? [validFrom] : [])),
  );
  const moments = [...new Set(later)].sort((a, b) => a - b);
  const plans = moments.map((was, key) => ({ key, was, from: localText(was) }));
  const types = list.map(({ prices, ...type }) => {
    const form: TypeForm = { ...type, prices: {}, planned: {} };
    for (const { key } of plans) form.planned[key] = {};
    for (const price of prices.toSorted((a, b) => a.validFrom - b.validFrom)) {
      const plan = plans.find(({ was }) => was === price.validFrom);
      const texts = plan ? form.planned[plan.key] : form.prices;
      if (texts) texts[price.rank] = write(price.cents);
    }
    return form;
  });
  return { types, plans };
}

/** A new plan with a place for its prices in every type. */
export function addPlan({ types, plans }: PricesForm): void {
  const key = Math.max(-1, ...plans.map((plan) => plan.key)) + 1;
  for (const type of types) type.planned[key] = {};
  plans.push({ key, from: '', was: null });
}

/** A new ticket type with a place for the prices of every plan. */
export function addType({ types, plans }: PricesForm): void {
  const planned = Object.fromEntries(plans.map(({ key }) => [key, {}]));
  const usual = { kind: 'normal', kindReason: '', staffOnly: false } as const;
  types.push({ name: '', ...usual, prices: {}, planned });
}

/** The ticket types to send, or what is wrong. */
export function typesOf(
  { types, plans }: PricesForm,
  ranks: readonly string[],
  now: number,
  read: (text: string) => number | undefined,
): readonly TicketType[] | PricesFault {
  const moments = new Map<number, number>();
  for (const { key, from, was } of plans) {
    const moment = keptMoment(from, was);
    if (moment === null || (moment <= now && moment !== was)) return 'planPast';
    if ([...moments.values()].includes(moment)) return 'planTwice';
    moments.set(key, moment);
  }
  const made: TicketType[] = [];
  for (const { prices, planned, ...type } of types) {
    const present = pricesOf(prices, ranks, 0, read);
    const later = [...moments].map(([key, validFrom]) =>
      pricesOf(planned[key] ?? {}, ranks, validFrom, read),
    );
    const all = [present, ...later];
    if (all.some((list) => list === undefined)) return 'badPrice';
    made.push({ ...type, prices: all.flatMap((list) => list ?? []) });
  }
  return made;
}

function pricesOf(
  texts: Texts,
  ranks: readonly string[],
  validFrom: number,
  read: (text: string) => number | undefined,
): Price[] | undefined {
  const prices: Price[] = [];
  for (const rank of ranks) {
    const text = texts[rank] ?? '';
    if (text.trim() === '') continue;
    const cents = read(text);
    if (cents === undefined) return undefined;
    prices.push({ rank, validFrom, cents });
  }
  return prices;
}
