import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

export type PhoneCountry = 'NL' | 'BE' | 'DE';

export type ParsedPhone =
  | { readonly ok: true; readonly e164: string; readonly country: PhoneCountry }
  | {
      readonly ok: false;
      readonly code: 'phone-unreadable' | 'phone-country' | 'phone-not-mobile';
    };

/** Characters a person may need for a number, with spaces and brackets. */
const TEXT_MAX = 40;

/** Countries by the calling code that was parsed: the default country says nothing about it. */
const COUNTRIES: Readonly<Record<string, PhoneCountry>> = { 31: 'NL', 32: 'BE', 49: 'DE' };
export const DIALLING: Readonly<Record<PhoneCountry, string>> = {
  NL: '+31',
  BE: '+32',
  DE: '+49',
};

/** Dutch numbers for applications, which the tables count among the mobile ones. */
const FOR_APPLICATIONS = '+3197';

/**
 * Reads a mobile number of the Netherlands, Belgium or Germany as people write it.
 * @param defaultCountry of a number without a calling code
 */
export function parsePhone(text: string, defaultCountry: PhoneCountry): ParsedPhone {
  if (text.length > TEXT_MAX) return { ok: false, code: 'phone-unreadable' };
  const parsed = parsePhoneNumberFromString(text, { defaultCountry, extract: false });
  if (!parsed || parsed.ext !== undefined) return { ok: false, code: 'phone-unreadable' };
  const country = COUNTRIES[parsed.countryCallingCode];
  if (!country) return { ok: false, code: 'phone-country' };
  if (!parsed.isValid()) return { ok: false, code: 'phone-unreadable' };
  const mobile = parsed.getType() === 'MOBILE' && !parsed.number.startsWith(FOR_APPLICATIONS);
  if (!mobile) return { ok: false, code: 'phone-not-mobile' };
  return { ok: true, e164: parsed.number, country };
}

/** A number as staff may see it in lists: `+31 … 78`. */
export function maskPhone(e164: string): string {
  const dialling = Object.values(DIALLING).find((code) => e164.startsWith(code)) ?? '+';
  return `${dialling} … ${e164.slice(-2)}`;
}
