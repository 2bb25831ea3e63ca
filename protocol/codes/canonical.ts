/**
 * Barcode kinds by the names that the camera's decoder gives; a scanner's AIM prefix is mapped to
 * the same names.
 */
export type Symbology = string;

const AIM: Readonly<Record<string, Symbology>> = {
  A: 'Code39',
  C: 'Code128',
  E: 'EAN13',
  F: 'Codabar',
  G: 'Code93',
  I: 'ITF',
  L: 'PDF417',
  Q: 'QRCode',
  d: 'DataMatrix',
  z: 'Aztec',
};

const AIM_PREFIX = /^\](\w)(\w)/;
const GROUP_SEPARATOR = '\x1d';
/** Longest text that is looked up; longer ones are nobody's ticket. */
export const CODE_LENGTH_MAX = 512;

/** The symbology an AIM identifier such as `]Q1` names, if it is one we know. */
export function symbologyOfAim(aim: string): Symbology | undefined {
  const letter = AIM_PREFIX.exec(aim)?.[1];
  return letter === undefined ? undefined : AIM[letter];
}

/** The last digit of an EAN or UPC number whose other digits are given. */
export function eanCheckDigit(digits: string): string {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const weight = (digits.length - i) % 2 === 1 ? 3 : 1;
    sum += weight * Number(digits[i]);
  }
  return String((10 - (sum % 10)) % 10);
}

/**
 * One text for one ticket, whichever device read it; used when a ticket is imported and when it
 * is read, so that both meet. In this order:
 * 1. an AIM prefix (`]Cn`) goes, control characters and blanks at both ends go;
 * 2. a leading FNC1 (group separator) goes, inner ones stay;
 * 3. 12 digits with a right check digit are UPC-A and become EAN-13 with a leading zero;
 *    12 digits from an EAN barcode without one get their check digit back;
 * 4. letters of one case only become upper case (Caps Lock on a keyboard scanner), mixed stay.
 */
export function canonical(text: string, symbology?: Symbology): string {
  let aim: string | undefined;
  let clean = text.replace(AIM_PREFIX, (prefix) => {
    aim = prefix;
    return '';
  });
  clean = trimControls(clean);
  const kind = symbology ?? (aim === undefined ? undefined : symbologyOfAim(aim));
  if (/^\d{12}$/.test(clean)) clean = ean13(clean, kind);
  return hasOneCase(clean) ? clean.toUpperCase() : clean;
}

function ean13(digits: string, symbology: Symbology | undefined): string {
  if (eanCheckDigit(digits.slice(0, 11)) === digits[11]) return `0${digits}`;
  return symbology === 'EAN13' ? digits + eanCheckDigit(digits) : digits;
}

function hasOneCase(text: string): boolean {
  return text === text.toUpperCase() || text === text.toLowerCase();
}

function trimControls(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  const trimmed = text.slice(start, end);
  return trimmed.startsWith(GROUP_SEPARATOR) ? trimControls(trimmed.slice(1)) : trimmed;
}

function isBlank(unit: number): boolean {
  return unit <= 0x20 || unit === 0x7f || unit === 0xfeff || unit === 0xa0;
}
