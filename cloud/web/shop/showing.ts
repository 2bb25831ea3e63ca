import type { Language } from './api.ts';

const LOCALES = { nl: 'nl-NL', en: 'en-GB' } as const;
const MINUTE_MS = 60_000;

/** Whole cents as money: `€ 12,50` or `€12.50`. */
export function money(cents: number, language: Language): string {
  const style = { style: 'currency', currency: 'EUR' } as const;
  return new Intl.NumberFormat(LOCALES[language], style).format(cents / 100);
}

/** One price, or from the lowest to the highest of several. */
export function priceRange(cents: readonly number[], language: Language): string {
  if (cents.length === 0) return '';
  const [low, high] = [Math.min(...cents), Math.max(...cents)];
  if (low === high) return money(low, language);
  return `${money(low, language)} – ${money(high, language)}`;
}

/** Parts of a moment in the theatre's own time zone. */
export function when(moment: number, language: Language, timeZone: string) {
  const write = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(LOCALES[language], { ...options, timeZone }).format(moment);
  return {
    day: write({ day: 'numeric' }),
    month: write({ month: 'short' }).replace('.', ''),
    date: write({ weekday: 'long', day: 'numeric', month: 'long' }),
    short: write({ weekday: 'short', day: 'numeric', month: 'short' }),
    time: write({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
  };
}

/** Time that is left as `m:ss`; never below zero. */
export function clockLeft(until: number, now: number): string {
  const seconds = Math.max(0, Math.floor((until - now) / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/**
 * Minutes left at which a screen reader is told, so that it is not told every second.
 * @returns 5, 2, 1 or 0; undefined while there is more time
 */
export function toldMinutes(until: number, now: number): number | undefined {
  const minutes = Math.ceil((until - now) / MINUTE_MS);
  return [0, 1, 2, 5].find((mark) => minutes <= mark);
}
