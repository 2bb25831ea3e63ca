import { measureText, toGsm7 } from './sms/index.ts';

export const CODE_LANGUAGES = ['nl', 'en', 'de', 'fr'] as const;
export type CodeLanguage = (typeof CODE_LANGUAGES)[number];

const TEXTS: Readonly<Record<CodeLanguage, (venue: string, code: string) => string>> = {
  nl: (venue, code) => `Je code voor ${venue} is ${code}. Geldig 10 minuten. Deel deze code niet.`,
  en: (venue, code) => `Your code for ${venue} is ${code}. Valid for 10 minutes. Do not share it.`,
  de: (venue, code) =>
    `Ihr Code für ${venue} ist ${code}. 10 Minuten gültig. Geben Sie ihn nicht weiter.`,
  fr: (venue, code) =>
    `Votre code pour ${venue} : ${code}. Valable 10 minutes. Ne le partagez pas.`,
};

/** Characters of a venue's name at most; fewer where the host is long. */
const NAME_MAX = 40;

/**
 * The SMS with a code, in one part. Its last line, `@host #code`, lets phones fill it in by
 * themselves on exactly that host (WebOTP).
 * @param host from the settings, never from a request: who could choose it could have codes filled
 *   in on a page of their own. A port is left off.
 */
export function codeText(parts: {
  language: CodeLanguage;
  venue: string;
  code: string;
  host: string;
}): string {
  const { language, code } = parts;
  const host = parts.host.toLowerCase().replace(/:\d+$/, '');
  const line = /^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(host) ? `\n\n@${host} #${code}` : '';
  const name = toGsm7(parts.venue).replace(/\s+/g, ' ').trim();
  for (let length = Math.min(name.length, NAME_MAX); length > 0; length--) {
    const text = TEXTS[language](name.slice(0, length).trim(), code) + line;
    if (measureText(text).parts === 1) return text;
  }
  return `${code}${line}`;
}
