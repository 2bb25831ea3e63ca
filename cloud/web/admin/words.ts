import type { PageLanguage } from '../texts.ts';

/** One text in English and Dutch, so that neither can be forgotten. */
export type Pair = readonly [en: string, nl: string];
export type Words = Readonly<Record<string, Pair>>;
export type Values = Readonly<Record<string, string | number>>;

/** A text in a language, with values put into its `{name}` places. */
export function inLanguage(language: PageLanguage, pair: Pair, values: Values = {}): string {
  return pair[language === 'nl' ? 1 : 0].replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in values ? String(values[name]) : whole,
  );
}

/** The text of a key that an answer of the cloud gives; the key itself where it is new to us. */
export function known(language: PageLanguage, words: Words, key: string): string {
  const pair = words[key];
  return pair ? inLanguage(language, pair) : key;
}
