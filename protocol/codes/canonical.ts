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
 * 1. control characters (FNC1 among them) and blanks at both ends go, inner ones stay, and an AIM
 *    prefix (`]Cn`) goes;
 * 2. 12 digits with a right check digit are UPC-A and become EAN-13 with a leading zero;
 *    12 digits from an EAN barcode without one get their check digit back;
 * 3. without a capital A-Z, a-z become capitals (Caps Lock on a keyboard scanner); mixed stay.
 * Different texts may become one: an import compares what comes out, not what went in.
 */
export function canonical(text: string, symbology?: Symbology): string {
  let kind = symbology;
  let clean = trimControls(text);
  for (let aim = AIM_PREFIX.exec(clean); aim; aim = AIM_PREFIX.exec(clean)) {
    kind ??= symbologyOfAim(aim[0]);
    clean = trimControls(clean.slice(aim[0].length));
  }
  if (/^\d{12}$/.test(clean)) clean = ean13(clean, kind);
  return /[A-Z]/.test(clean) ? clean : clean.replace(/[a-z]/g, (letter) => letter.toUpperCase());
}

function ean13(digits: string, symbology: Symbology | undefined): string {
  if (eanCheckDigit(digits.slice(0, 11)) === digits[11]) return `0${digits}`;
  return symbology === 'EAN13' ? digits + eanCheckDigit(digits) : digits;
}

function trimControls(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(unit: number): boolean {
  return unit <= 0x20 || unit === 0x7f || unit === 0xfeff || unit === 0xa0;
}
