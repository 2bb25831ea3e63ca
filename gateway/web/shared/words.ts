import { type Verdict, wordsOf } from '@gatehouse/protocol/verdicts';
import { TEXTS } from '../texts/index.ts';
import { clockTime, fill, type Language } from './languages.ts';
import { lookOf } from './look.ts';

/** The one large word of a verdict. */
export function bigWord({ key }: Verdict, language: Language): string {
  return TEXTS[language].common[lookOf(key).word];
}

/** What happened, in the guest's words, and what the steward does about it. */
export function stewardWords(said: Verdict, language: Language, timeZone: string) {
  const { what } = wordsOf(said, language, timeZone);
  const { at, ...gaps } = said.details;
  const when = at === undefined ? undefined : clockTime(at, language, timeZone);
  return { what, todo: fill(TEXTS[language].steward[said.key], { ...gaps, at: when }) };
}
