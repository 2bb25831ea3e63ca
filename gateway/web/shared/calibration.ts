/**
 * A scanner that plays keyboard presses the keys of its own layout; the handheld may have another
 * one, and then `1` comes as `&` or `Z` as `Y`. One barcode with every character that a code can
 * hold, read at pairing, shows which is which. A QR of 92 characters; nothing in it is secret.
 */
const DIGITS = '0123456789';
const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const OTHERS = '-.:/+$%*_=';
export const CALIBRATION_TEXT = DIGITS + CAPITALS + CAPITALS.toLowerCase() + OTHERS;

/** What a code must be able to hold: without these the scanner cannot be used. */
const NEEDED = DIGITS + CAPITALS;

/** The character meant for each one that comes. */
export type KeyMap = Readonly<Record<string, string>>;

export type Calibrated =
  | { readonly ok: true; readonly map: KeyMap; readonly differs: number }
  /** `length`: not the calibration code, or keys got lost; `mixed`: two characters come as one. */
  | { readonly ok: false; readonly fault: 'length' | 'mixed' };

/** Compares what came with what the barcode holds. */
export function calibrate(received: string): Calibrated {
  const came = [...received];
  const meant = [...CALIBRATION_TEXT];
  if (came.length !== meant.length) return { ok: false, fault: 'length' };
  const map: Record<string, string> = {};
  let differs = 0;
  for (const [n, character] of came.entries()) {
    const own = meant[n] as string;
    const other = map[character];
    if (other !== undefined && (NEEDED.includes(other) || NEEDED.includes(own))) {
      // Case alone may be lost: codes of letters are compared in capitals anyway.
      if (other.toUpperCase() !== own.toUpperCase()) return { ok: false, fault: 'mixed' };
      continue;
    }
    map[character] = own;
    if (character !== own) differs += 1;
  }
  return { ok: true, map, differs };
}

/** A scanned text with every character as it was meant. */
export function translate(text: string, map: KeyMap | undefined): string {
  if (!map) return text;
  return [...text].map((character) => map[character] ?? character).join('');
}
