import type { Language } from './data.ts';

const LOCALES: Record<Language, string> = { nl: 'nl-NL', en: 'en-GB' };

/** How moments and amounts are written in one language and time zone. */
export interface Writing {
  /** `zaterdag 12 december 2026` */
  datum(moment: unknown): string;
  /** `20:15` */
  tijd(moment: unknown): string;
  /** `€ 57,00`, from whole cents */
  geld(cents: unknown): string;
  /** By a pattern of PHP's `date`: `d j m n Y y H G i s D l M F` and `\` before a plain letter. */
  date(moment: unknown, pattern: unknown): string;
}

const PATTERN_MAX = 100;

export function createWriting(language: Language, timeZone: string): Writing {
  const locale = LOCALES[language];
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { timeZone, hourCycle: 'h23', ...options });
  const long = format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  const clock = format({ hour: '2-digit', minute: '2-digit' });
  const money = new Intl.NumberFormat(locale, { style: 'currency', currency: 'EUR' });
  const part = (moment: number, options: Intl.DateTimeFormatOptions) => {
    const type = Object.keys(options)[0];
    const parts = format(options).formatToParts(moment);
    return parts.find((piece) => piece.type === type)?.value ?? '';
  };
  const numbers = (moment: number) => {
    const [year = '', month = '', day = '', hour = '', minute = '', second = ''] =
      new Intl.DateTimeFormat('sv-SE', {
        ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit' },
        ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
      })
        .format(moment)
        .split(/\D+/);
    return { year, month, day, hour, minute, second };
  };
  const letters: Record<string, (moment: number) => string> = {
    d: (at) => numbers(at).day,
    j: (at) => String(Number(numbers(at).day)),
    m: (at) => numbers(at).month,
    n: (at) => String(Number(numbers(at).month)),
    Y: (at) => numbers(at).year,
    y: (at) => numbers(at).year.slice(-2),
    H: (at) => numbers(at).hour,
    G: (at) => String(Number(numbers(at).hour)),
    i: (at) => numbers(at).minute,
    s: (at) => numbers(at).second,
    D: (at) => part(at, { weekday: 'short' }),
    l: (at) => part(at, { weekday: 'long' }),
    M: (at) => part(at, { month: 'short' }),
    F: (at) => part(at, { month: 'long' }),
  };
  const written = (moment: unknown, write: (at: number) => string) =>
    typeof moment === 'number' && Number.isFinite(moment) && Math.abs(moment) < 8.64e15
      ? write(moment)
      : '';
  return {
    datum: (moment) => written(moment, (at) => long.format(at)),
    tijd: (moment) => written(moment, (at) => clock.format(at)),
    // No line break between the sign and the amount is right in print, but not in plain text.
    geld: (cents) =>
      typeof cents === 'number' ? money.format(cents / 100).replaceAll('\u00a0', ' ') : '',
    date: (moment, pattern) =>
      written(moment, (at) =>
        String(pattern ?? 'd-m-Y H:i')
          .slice(0, PATTERN_MAX)
          .replace(/\\(.)|([a-zA-Z])/g, (_, plain: string | undefined, letter: string) =>
            plain === undefined ? (letters[letter]?.(at) ?? letter) : plain,
          ),
      ),
  };
}
