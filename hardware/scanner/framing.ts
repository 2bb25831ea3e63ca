import type { AnswerShape } from './profiles.ts';

/** A code longer than this (bytes, prefix included) is thrown away. Ours are under 200. */
export const MAX_CODE_BYTES = 512;
/** A pause of this many milliseconds ends a code that came without CR or LF. */
export const SILENCE_MILLISECONDS = 50;

const STX = 0x02;
const ETX = 0x03;
const ENQ = 0x05;
const ACK = 0x06;
const LF = 0x0a;
const CR = 0x0d;
const NAK = 0x15;

export interface FramedCode {
  readonly text: string;
  readonly aim?: string;
}

export interface FramingEvents {
  onCode(code: FramedCode): void;
  /** The device answered a command. */
  onAnswer(): void;
  /** Once for every over-long input, however long it is. */
  onTooLong(): void;
}

/** Cuts a scanner's bytes into codes. Holds at most `MAX_CODE_BYTES`. */
export interface ScannerFraming {
  push(bytes: Uint8Array): void;
  /** Nothing came for `SILENCE_MILLISECONDS`, or the wire was lost: what is held is whole. */
  silence(): void;
  /** Throws away what is held: the wire is new. */
  reset(): void;
  /** Whether a silence would end something. */
  readonly open: boolean;
}

/**
 * One place a byte can fall into: a code, the rest of an over-long code, or a device's answer.
 * An answer may contain any byte, CR included, so it is followed in the stream and not afterwards.
 */
type Place =
  | { kind: 'code' }
  | { kind: 'too-long' }
  /** GM65: `02 00 type len data[len] crc crc`; `left` counts from `type`, unknown before `len`. */
  | { kind: 'gm65'; seen: number; left: number }
  /** Newland: `02 01` up to `03`. */
  | { kind: 'newland'; seen: number };

export function scannerFraming(answers: AnswerShape, events: FramingEvents): ScannerFraming {
  const held = new Uint8Array(MAX_CODE_BYTES);
  let length = 0;
  let place: Place = { kind: 'code' };

  function startOver(): void {
    length = 0;
    place = { kind: 'code' };
  }

  function endCode(): void {
    const code = place.kind === 'code' ? readCode(held.subarray(0, length)) : undefined;
    startOver();
    if (code) events.onCode(code);
  }

  function answered(): void {
    startOver();
    events.onAnswer();
  }

  function codeByte(byte: number): void {
    if (byte === CR || byte === LF) {
      endCode();
      return;
    }
    const last = length > 0 ? held[length - 1] : undefined;
    if (length === 1 && last === STX) {
      if (answers === 'gm65' && byte === 0x00) {
        place = { kind: 'gm65', seen: 0, left: 4 };
        return;
      }
      if (answers === 'newland' && byte === 0x01) {
        place = { kind: 'newland', seen: 0 };
        return;
      }
    }
    if (answers === 'honeywell' && isVerdict(last) && (byte === 0x2e || byte === 0x21)) {
      answered();
      return;
    }
    if (length === MAX_CODE_BYTES) {
      place = { kind: 'too-long' };
      events.onTooLong();
      return;
    }
    held[length] = byte;
    length += 1;
  }

  function take(byte: number): void {
    switch (place.kind) {
      case 'code':
        codeByte(byte);
        return;
      case 'too-long':
        if (byte === CR || byte === LF) startOver();
        return;
      case 'gm65':
        place.seen += 1;
        if (place.seen === 2) place.left += byte;
        if (place.seen === place.left) answered();
        return;
      case 'newland':
        place.seen += 1;
        if (byte === ETX) answered();
        else if (place.seen > MAX_CODE_BYTES) {
          place = { kind: 'too-long' };
          events.onTooLong();
        }
    }
  }

  return {
    push(bytes) {
      for (const byte of bytes) take(byte);
    },
    silence: endCode,
    reset: startOver,
    get open() {
      return length > 0 || place.kind !== 'code';
    },
  };
}

function isVerdict(byte: number | undefined): boolean {
  return byte === ACK || byte === ENQ || byte === NAK;
}

/** Takes STX, ETX, lone ACK bytes and the AIM prefix off; `undefined` when nothing is left. */
function readCode(bytes: Uint8Array): FramedCode | undefined {
  const isEdge = (byte: number | undefined) => byte === STX || byte === ETX || isVerdict(byte);
  let from = 0;
  let to = bytes.length;
  while (from < to && isEdge(bytes[from])) from += 1;
  while (to > from && isEdge(bytes[to - 1])) to -= 1;
  if (from === to) return undefined;
  const text = decode(bytes.subarray(from, to));
  const prefix = /^\][A-Za-z][0-9A-Za-z]/.exec(text)?.[0];
  if (prefix === undefined) return { text };
  const rest = text.slice(prefix.length);
  return rest === '' ? undefined : { text: rest, aim: prefix };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    // not UTF-8: older scanners send Latin-1
    return Buffer.from(bytes).toString('latin1');
  }
}
