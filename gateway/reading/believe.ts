import { canonical, eanCheckDigit, kindOf } from '@gatehouse/protocol';

/** Barcodes that noise can imitate count only when two frames in this time agree. */
export const AGREE_WITHIN_MS = 1_000;
/** Texts that wait for a second frame. */
const WAITING_MAX = 8;
/** Symbologies whose own error correction tells a misread. */
const SELF_CHECKING = new Set(['QRCode', 'Aztec', 'DataMatrix']);
/** A part of an ITF code is an ITF code too, so only a whole one's length counts; ITF-14's. */
export const ITF_LENGTH = 14;
/** Shorter texts of symbologies that noise can imitate are never believed. */
const SHORTEST = 4;

/** What the texts of an entrance's tickets have in common, beside the project's own codes. */
export interface TicketShape {
  /** zxing's name; every one that noise can imitate, if left out. */
  readonly symbology?: string | undefined;
  /** Characters, at least and at most. */
  readonly length: readonly [least: number, most: number];
  readonly alphabet: 'digits' | 'capitals' | 'any';
  readonly prefix?: string | undefined;
}

const ALPHABETS = { digits: /^\d*$/, capitals: /^[\dA-Z-]*$/, any: /^[\x20-\x7e]*$/ } as const;

/** One text as it came out of a picture. */
export interface Claimed {
  readonly text: string;
  readonly symbology: string;
}

/** Whether what was read may count. */
export interface Belief {
  /** A still: it stands for itself. */
  still(claimed: Claimed): boolean;
  /** A frame taken `at` this many milliseconds: it counts also when an earlier one agreed. */
  frame(claimed: Claimed, at: number): boolean;
  /** Whether a text waits for a second frame to agree. */
  waits(at: number): boolean;
}

export interface BeliefOptions {
  readonly shapes?: readonly TicketShape[] | undefined;
  /** Digits of an ITF code. */
  readonly itfLength?: number | undefined;
}

/**
 * QR, Aztec and Data Matrix count at once; linear codes and PDF417 with a ticket's shape, or, where
 * no shape is given for their kind, when two frames agree: a misread repeats itself in a hand that
 * holds still.
 */
export function createBelief({ shapes = [], itfLength = ITF_LENGTH }: BeliefOptions = {}): Belief {
  const waiting: { text: string; symbology: string; at: number }[] = [];

  function possible({ text, symbology }: Claimed): boolean {
    if (text.length < SHORTEST) return false;
    if (symbology === 'ITF') return text.length === itfLength;
    if (symbology === 'EAN13') return isEan(text);
    return true;
  }

  function still(claimed: Claimed): boolean {
    if (SELF_CHECKING.has(claimed.symbology)) return true;
    if (!possible(claimed)) return false;
    const { text, symbology } = claimed;
    if (kindOf(canonical(text, symbology)) !== 'other') return true;
    return shapes.some((shape) => fits(shape, claimed));
  }

  /** Who says what tickets of a kind look like means that others of it are none. */
  function isSettled(symbology: string): boolean {
    return shapes.some((shape) => (shape.symbology ?? symbology) === symbology);
  }

  return {
    still,
    frame(claimed, at) {
      if (still(claimed)) return true;
      const { text, symbology } = claimed;
      if (!possible(claimed) || isSettled(symbology)) return false;
      const before = waiting.findIndex((one) => one.text === text && one.symbology === symbology);
      const earlier = waiting[before]?.at;
      if (before >= 0) waiting.splice(before, 1);
      waiting.push({ text, symbology, at });
      if (waiting.length > WAITING_MAX) waiting.shift();
      return earlier !== undefined && earlier < at && at - earlier <= AGREE_WITHIN_MS;
    },
    waits: (at) => waiting.some((one) => at - one.at <= AGREE_WITHIN_MS),
  };
}

function isEan(text: string): boolean {
  const digits = text.padStart(13, '0');
  return /^\d{13}$/.test(digits) && eanCheckDigit(digits.slice(0, 12)) === digits[12];
}

function fits(shape: TicketShape, { text, symbology }: Claimed): boolean {
  if (shape.symbology !== undefined && shape.symbology !== symbology) return false;
  const [least, most] = shape.length;
  if (text.length < least || text.length > most) return false;
  return ALPHABETS[shape.alphabet].test(text) && text.startsWith(shape.prefix ?? '');
}
