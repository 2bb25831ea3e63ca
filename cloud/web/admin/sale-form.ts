/** A performance as the page of sale reads it. */
export interface SoldPerformance {
  readonly id: string;
  readonly title: string;
  readonly hall: string;
  readonly starts: number;
  readonly ends: number | null;
  readonly opens: number;
  readonly closes: number;
  readonly secure: boolean;
  readonly reEntry: boolean;
  readonly capacity: number | null;
  readonly offline: 'refuse' | 'staff' | 'verify';
  readonly offlineCap: number | null;
  readonly tickets: number;
}

/** How it is sold. */
export interface SaleView {
  readonly plan: string | null;
  readonly open: boolean;
  readonly saleFrom: number | null;
  readonly saleUntil: number | null;
  readonly guestMax: number | null;
  readonly basketMax: number;
  readonly holdMinutes: number;
  readonly priceText: string;
  readonly nationalNumber: string | null;
  readonly listBeforeMinutes: number;
  readonly codeBeforeMinutes: number;
  readonly missing: readonly string[];
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A sale-until that would take the code from guests who paid (S7); the cloud asks to say it twice. */
export function needsConfirmation(
  until: number | null,
  starts: number,
  before: number | null,
): until is number {
  return until !== null && until < starts && until !== before;
}

/** When the portal lists a ticket, shows its code, and lets go of both (S5–S7). */
export function portalTimes(
  { starts, ends }: Pick<SoldPerformance, 'starts' | 'ends'>,
  sale: { saleUntil: number | null; listBeforeMinutes: number; codeBeforeMinutes: number },
) {
  return {
    list: starts - sale.listBeforeMinutes * MINUTE_MS,
    code: starts - sale.codeBeforeMinutes * MINUTE_MS,
    until: sale.saleUntil ?? ends ?? starts + HOUR_MS,
  };
}

/** The usual window of P13. */
export function usualWindow(starts: number, ends: number | null) {
  return { opens: starts - HOUR_MS, closes: ends ?? starts + HOUR_MS };
}

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
/** A ticket type while it is edited: one present price a rank, as text. */
export interface TypeForm {
  id?: string;
  name: string;
  kind: TicketType['kind'];
  kindReason: string;
  staffOnly: boolean;
  prices: Record<string, string>;
  /** Planned prices of P7, which stay as they are. */
  planned: Price[];
}

/** Splits prices into those that hold now and those that are planned. */
export function typeFormOf(
  type: TicketType,
  now: number,
  write: (cents: number) => string,
): TypeForm {
  const { name, kind, kindReason, staffOnly } = type;
  const prices: Record<string, string> = {};
  const begun = type.prices.filter(({ validFrom }) => validFrom <= now);
  for (const price of begun.toSorted((a, b) => a.validFrom - b.validFrom)) {
    prices[price.rank] = write(price.cents);
  }
  const planned = type.prices.filter(({ validFrom }) => validFrom > now);
  const id = type.id === undefined ? {} : { id: type.id };
  return { ...id, name, kind, kindReason, staffOnly, prices, planned: [...planned] };
}

/** The ticket types to send; `undefined` where a price cannot be read. */
export function typesOf(
  forms: readonly TypeForm[],
  ranks: readonly string[],
  read: (text: string) => number | undefined,
): TicketType[] | undefined {
  const types: TicketType[] = [];
  for (const { prices, planned, ...type } of forms) {
    const present: Price[] = [];
    for (const rank of ranks) {
      const text = prices[rank] ?? '';
      if (text.trim() === '') continue;
      const cents = read(text);
      if (cents === undefined) return undefined;
      present.push({ rank, validFrom: 0, cents });
    }
    types.push({ ...type, prices: [...present, ...planned] });
  }
  return types;
}
