/** Whole cents as people write them, `12,50` in Dutch. */
export function moneyText(cents: number, language: 'nl' | 'en'): string {
  const text = (cents / 100).toFixed(2);
  return language === 'nl' ? text.replace('.', ',') : text;
}

/** With the sign of the currency, for reading. */
export function euros(cents: number, language: 'nl' | 'en'): string {
  const locale = language === 'nl' ? 'nl-NL' : 'en-GB';
  return new Intl.NumberFormat(locale, { style: 'currency', currency: 'EUR' }).format(cents / 100);
}

/** Whole cents of `12`, `12,5` or `12.50`; `undefined` for anything else. */
export function centsOf(text: string): number | undefined {
  const match = /^\s*€?\s*(\d{1,6})(?:[.,](\d{1,2}))?\s*$/.exec(text);
  if (!match) return undefined;
  const [, whole = '0', part = ''] = match;
  return Number(whole) * 100 + Number(part.padEnd(2, '0'));
}
