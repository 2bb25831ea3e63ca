import type { Moment } from '../facts.ts';
import type { Language, Verdict, VerdictDetails } from './table.ts';
import { verdictTexts } from './texts.ts';

/** The words for a screen: one short line that says what happened, one that says what to do. */
export interface VerdictWords {
  readonly what: string;
  readonly todo: string;
}

/**
 * Words for a verdict in a language. Details it does not have take their sentence with them, so
 * that no screen shows an unfilled place; where nothing is left to do, the staff is to be asked.
 * @param timeZone for moments, such as `Europe/Amsterdam`
 */
export function wordsOf(said: Verdict, language: Language, timeZone: string): VerdictWords {
  const texts = verdictTexts[language];
  const [what, todo] = texts[said.key];
  const filled = (text: string) => fillDetails(text, said.details, language, timeZone);
  return { what: filled(what), todo: filled(todo) || texts.unknown[1] };
}

function fillDetails(
  text: string,
  details: VerdictDetails,
  language: Language,
  timeZone: string,
): string {
  const whole = text.replace(/\[([^\]]*)\]/g, (_, part: string) => {
    const names = [...part.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string);
    return names.every((name) => name in details && detail(details, name) !== undefined)
      ? part
      : '';
  });
  return whole.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = detail(details, name);
    if (name === 'at' && typeof value === 'number') return timeOf(value, language, timeZone);
    return value === undefined ? '' : String(value);
  });
}

function detail(details: VerdictDetails, name: string): string | number | undefined {
  return details[name as keyof VerdictDetails];
}

function timeOf(moment: Moment, language: Language, timeZone: string): string {
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone } as const;
  return new Intl.DateTimeFormat(language, clock).format(moment);
}
