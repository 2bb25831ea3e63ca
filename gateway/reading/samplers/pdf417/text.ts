import { type ByteText, changeCharset, emptyText, settle } from '../charset.ts';

/** The high-level codewords of ISO/IEC 15438 5.4. */
const TEXT = 900;
const BYTES = 901;
const NUMBERS = 902;
const ONE_BYTE = 913;
const BYTES_BY_SIX = 924;
const CHARSET = 927;

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ ';
const MIXED = '0123456789&\r\t,:#-.$/+%*=^';
const PUNCTUATION = ';<>@[\\]_`~!\r\t,:\n-.$/"|*()?{}\'';
type Submode = 'upper' | 'lower' | 'mixed' | 'punctuation';

/** Where the reading of the words stands. */
interface State extends ByteText {
  mode: number;
  submode: Submode;
  /** The submode of the next value alone. */
  shift: Submode | undefined;
  /** Words of bytes or numbers that wait for their end. */
  run: number[];
}

/**
 * The text of a symbol's data codewords, its own length first. Macro PDF417 and what the standard
 * reserves are not read.
 *
 * @returns undefined where the words are no text by the standard
 */
export function textOf(words: Uint16Array): string | undefined {
  const length = words[0];
  if (length === undefined || length < 2 || length > words.length) return undefined;
  const state: State = { ...emptyText(), mode: TEXT, submode: 'upper', shift: undefined, run: [] };
  for (let at = 1; at < length; at++) {
    const word = words[at]!;
    if (word < TEXT) {
      if (state.mode === TEXT) writeLetters(state, word);
      else state.run.push(word);
      continue;
    }
    if (!endRun(state)) return undefined;
    if (word === TEXT || word === BYTES || word === NUMBERS || word === BYTES_BY_SIX) {
      state.mode = word;
      state.submode = 'upper';
      state.shift = undefined;
    } else if (word === ONE_BYTE) {
      const byte = words[++at];
      if (byte === undefined || byte > 255 || at >= length) return undefined;
      state.bytes.push(byte);
    } else if (word === CHARSET) {
      if (++at >= length || !changeCharset(state, words[at]!)) return undefined;
    } else return undefined;
  }
  if (!endRun(state)) return undefined;
  return settle(state) ? state.text : undefined;
}

function writeLetters(state: State, word: number): void {
  for (const value of [Math.floor(word / 30), word % 30]) {
    const submode = state.shift ?? state.submode;
    state.shift = undefined;
    const letter = letterOf(submode, value);
    if (letter !== undefined) state.bytes.push(letter.charCodeAt(0));
    else moveOn(state, submode, value);
  }
}

function letterOf(submode: Submode, value: number): string | undefined {
  if (submode === 'mixed') return value === 26 ? ' ' : MIXED[value];
  if (submode === 'punctuation') return PUNCTUATION[value];
  return submode === 'upper' ? LETTERS[value] : LETTERS[value]?.toLowerCase();
}

/** The values that are no letter: latches and shifts. */
function moveOn(state: State, submode: Submode, value: number): void {
  if (submode === 'punctuation') state.submode = 'upper';
  else if (value === 29) state.shift = 'punctuation';
  else if (submode === 'mixed') {
    state.submode = value === 25 ? 'punctuation' : value === 27 ? 'lower' : 'upper';
  } else if (value === 28) state.submode = 'mixed';
  else if (submode === 'upper') state.submode = 'lower';
  else state.shift = 'upper';
}

function endRun(state: State): boolean {
  const { run, mode } = state;
  state.run = [];
  if (run.length === 0) return true;
  return mode === NUMBERS ? writeNumbers(state, run) : writeBytes(state, run);
}

/** Five words are six bytes; after mode 901 the last one to five words are a byte each. */
function writeBytes(state: State, run: readonly number[]): boolean {
  let at = 0;
  const grouped = state.mode === BYTES_BY_SIX ? run.length - 4 : run.length - 5;
  for (; at < grouped; at += 5) {
    let value = 0n;
    for (let i = 0; i < 5; i++) value = value * 900n + BigInt(run[at + i]!);
    if (value >= 1n << 48n) return false;
    for (let shift = 40n; shift >= 0n; shift -= 8n)
      state.bytes.push(Number((value >> shift) & 255n));
  }
  for (; at < run.length; at++) {
    if (run[at]! > 255) return false;
    state.bytes.push(run[at]!);
  }
  return true;
}

/** Fifteen words at most are a number to base 900, whose first digit is a 1 that does not count. */
function writeNumbers(state: State, run: readonly number[]): boolean {
  for (let at = 0; at < run.length; at += 15) {
    let value = 0n;
    for (const word of run.slice(at, at + 15)) value = value * 900n + BigInt(word);
    const digits = value.toString();
    if (digits[0] !== '1') return false;
    for (const digit of digits.slice(1)) state.bytes.push(digit.charCodeAt(0));
  }
  return true;
}
