import type { ApiError } from '../../api.ts';
import type { PageLanguage } from '../../texts.ts';
import { houseNl } from './house-nl.ts';
import { peopleNl } from './people-nl.ts';
import { saleNl } from './sale-nl.ts';
import { valueNl } from './value-nl.ts';

/** Dutch for every code that the cloud answers over HTTP. */
export const FAULTS_NL: Readonly<Record<string, string>> = { ...houseNl, ...peopleNl, ...saleNl };

/** Of the page itself. */
const OWN_NL: Readonly<Record<string, string>> = {
  'no-connection': 'De cloud is niet te bereiken. Probeer het opnieuw.',
};

/** What the API said, in the language of the page; a code that is new to it stays in English. */
export function faultText(
  language: PageLanguage,
  { code, message, details }: Pick<ApiError, 'code' | 'message' | 'details'>,
): string {
  const text = language === 'nl' ? (FAULTS_NL[code] ?? OWN_NL[code]) : undefined;
  if (text === undefined) return message;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in details ? valueNl(name, String(details[name])) : whole,
  );
}
