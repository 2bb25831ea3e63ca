import type { Language } from '@gatehouse/protocol/verdicts';

export type { Language } from '@gatehouse/protocol/verdicts';

export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  nl: 'Nederlands',
  en: 'English',
  fr: 'Français',
  de: 'Deutsch',
};

/** The first language that a browser prefers and the pages speak; else the one given. */
export function languageOf(preferred: readonly string[], otherwise: Language = 'nl'): Language {
  const known = preferred.map((tag) => tag.slice(0, 2)).find((tag) => tag in LANGUAGE_NAMES);
  return (known as Language | undefined) ?? otherwise;
}

export type Gaps = Readonly<Record<string, string | number | undefined>>;

/** A text with its `{gaps}` filled; `[…]` falls away when one of its gaps has nothing to say. */
export function fill(text: string, gaps: Gaps = {}): string {
  const has = (name: string) => gaps[name] !== undefined && gaps[name] !== '';
  return text
    .replace(/\[([^\]]*)\]/g, (_, part: string) => (gapsOf(part).every(has) ? part : ''))
    .replace(/\{(\w+)\}/g, (whole, name: string) => (has(name) ? String(gaps[name]) : whole));
}

/** The names of a text's gaps, in their order. */
export function gapsOf(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string);
}

/** Hours and minutes of a moment, on a 24-hour clock. */
export function clockTime(at: number, language: Language, timeZone?: string): string {
  const options = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone } as const;
  return new Intl.DateTimeFormat(language, options).format(at);
}
