/** Characters of the GSM 03.38 default alphabet: one septet each. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
    '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Characters of its extension table: an escape and a septet. */
const ESCAPED = new Set('^{}[]\\~|€\f');

export const GSM_SINGLE = 160;
export const GSM_PART = 153;
export const UCS_SINGLE = 70;
export const UCS_PART = 67;

/** How a text goes by SMS. */
export interface TextMeasure {
  readonly encoding: 'gsm7' | 'ucs2';
  /** Septets, or UTF-16 units in UCS-2. */
  readonly units: number;
  /** SMS that it takes; each is paid. */
  readonly parts: number;
  /** Characters, each once, for which the whole text goes as UCS-2. */
  readonly foreign: string[];
}

/** Counts what a text takes; a pair is never split at the border of two parts. */
export function measureText(text: string): TextMeasure {
  const characters = [...text];
  const isGsm = (character: string) => BASIC.has(character) || ESCAPED.has(character);
  const foreign = [...new Set(characters.filter((character) => !isGsm(character)))];
  const gsm = foreign.length === 0;
  const widths = characters.map((character) =>
    gsm ? (ESCAPED.has(character) ? 2 : 1) : character.length,
  );
  const units = widths.reduce((sum, width) => sum + width, 0);
  const fits = units <= (gsm ? GSM_SINGLE : UCS_SINGLE);
  return {
    encoding: gsm ? 'gsm7' : 'ucs2',
    units,
    parts: fits ? 1 : partsOf(widths, gsm ? GSM_PART : UCS_PART),
    foreign,
  };
}

function partsOf(widths: readonly number[], room: number): number {
  let parts = 1;
  let used = 0;
  for (const width of widths) {
    if (used + width > room) {
      parts += 1;
      used = 0;
    }
    used += width;
  }
  return parts;
}

const ALIKE: Readonly<Record<string, string>> = {
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '–': '-',
  '—': '-',
  '…': '...',
  '\u00a0': ' ',
};

/** The nearest text in GSM-7: other accents fall off, what has no likeness becomes a `?`. */
export function toGsm7(text: string): string {
  return [...text.normalize('NFC')]
    .map((character) => {
      if (BASIC.has(character) || ESCAPED.has(character)) return character;
      const alike = ALIKE[character] ?? character.normalize('NFD').replace(/\p{M}/gu, '');
      return [...alike].map((one) => (BASIC.has(one) ? one : '?')).join('');
    })
    .join('');
}
