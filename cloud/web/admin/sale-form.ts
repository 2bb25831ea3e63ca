/** A performance as the page of sale reads it. */
export interface SoldPerformance {
  readonly id: string;
  readonly title: string;
  readonly production: string;
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
  readonly stalePhone: 'refuse' | 'staff' | 'admit';
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
  readonly series: string | null;
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

/** As the national platform writes numbers (P5): production and performance. */
export const NATIONAL_NUMBER = 'NL-\\d{2}-\\d+-\\d+\\|\\d+';
