import type { Language } from './api.ts';
import { en } from './texts/en.ts';
import { faultsEn } from './texts/faults-en.ts';
import { faultsNl } from './texts/faults-nl.ts';
import { nl } from './texts/nl.ts';

export type Texts = { readonly [Key in keyof typeof en]: string };
export const TEXTS: Readonly<Record<Language, Texts>> = { nl, en };
export const LANGUAGES = { nl: 'Nederlands', en: 'English' } as const;
export const FAULTS: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  nl: faultsNl,
  en: faultsEn,
};

/** The first language that a browser prefers and the shop speaks; else Dutch. */
export function languageOf(preferred: readonly string[]): Language {
  const known = preferred.map((tag) => tag.slice(0, 2)).find((tag) => tag in TEXTS);
  return (known as Language | undefined) ?? 'nl';
}

/** A text with its `{gaps}` filled. */
export function fill(text: string, gaps: Readonly<Record<string, string | number>> = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(gaps[name] ?? whole));
}

/** What a guest is told about a fault, in plain words. */
export function faultText(
  language: Language,
  code: string,
  details: Readonly<Record<string, string | number>> = {},
): string {
  const faults = FAULTS[language];
  return fill(faults[code] ?? (faults['http-failed'] as string), details);
}
