import type { PortalLanguage } from './api.ts';
import { de } from './texts/de.ts';
import { en } from './texts/en.ts';
import { fr } from './texts/fr.ts';
import { nl } from './texts/nl.ts';

export type Texts = { readonly [Key in keyof typeof en]: string };

export const TEXTS: Readonly<Record<PortalLanguage, Texts>> = { nl, en, de, fr };
export const LANGUAGES = {
  nl: 'Nederlands',
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
} as const;

/** The first language that a browser prefers and the page speaks; else Dutch. */
export function languageOf(preferred: readonly string[]): PortalLanguage {
  const known = preferred.map((tag) => tag.slice(0, 2)).find((tag) => tag in TEXTS);
  return (known as PortalLanguage | undefined) ?? 'nl';
}

/** A text with its `{gaps}` filled. */
export function fill(text: string, gaps: Readonly<Record<string, string | number>> = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(gaps[name] ?? whole));
}
