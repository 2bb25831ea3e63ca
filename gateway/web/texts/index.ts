import type { Check } from '../shared/api.ts';
import { fill, type Gaps, type Language } from '../shared/languages.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { fr } from './fr.ts';
import { nl } from './nl.ts';

/** The same tree of texts in another language. */
type Same<T> = { readonly [Key in keyof T]: T[Key] extends string ? string : Same<T[Key]> };
export type Texts = Same<typeof en>;

export const TEXTS: Readonly<Record<Language, Texts>> = { nl, en, fr, de };

export type FaultCode = keyof typeof en.faults;

/** A fault in words; one without words of its own names its code. */
export function faultText(language: Language, code: string, gaps: Gaps = {}): string {
  const words = TEXTS[language].faults;
  if (code in words) return fill(words[code as FaultCode], gaps);
  return fill(words.other, { code });
}

/** What a check of the doctor found, and what to do. */
export function doctorWords(language: Language, { check, state }: Check) {
  const [what, todo] = TEXTS[language].doctor[check][state];
  return { what, todo };
}
