import type { HardwareClock } from '../devices.ts';
import { HardwareError } from '../errors.ts';

/** How long a board may take to answer; at 9600 baud an answer takes about 20 ms. */
export const ANSWER_MILLISECONDS = 300;
/** How often a question is asked in all before the board counts as silent. */
export const TRIES_MAX = 3;
/** Questions that may wait for their turn. */
export const WAITING_MAX = 32;
/** Silence between two frames: 3.5 characters, 4 ms at 9600 baud. */
const GAP_MILLISECONDS = 5;
const EXCEPTION = 0x80;
const EXCEPTION_BYTES = 5;
const BUFFER_BYTES_MAX = 256;

/** CRC-16 of Modbus (polynomial A001, start FFFF); goes on the wire low byte first. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

/** A frame of function 1, 2 or 5: address, function, two 16-bit words, CRC. */
export function frame(address: number, code: number, first: number, second: number): Uint8Array {
  const body = [address, code, first >> 8, first & 0xff, second >> 8, second & 0xff];
  const crc = crc16(Uint8Array.from(body));
  return Uint8Array.from([...body, crc & 0xff, crc >> 8]);
}

/** One question at a time to one Modbus RTU board. */
export interface ModbusBus {
  /**
   * Resolves with the board's answer, checksum taken off. Rejects with `turnstile-no-answer`
   * after the last try, `turnstile-pin-unusable` when the board refuses, or
   * `turnstile-disconnected` when the wire is lost first.
   */
  ask(question: Uint8Array): Promise<Uint8Array>;
  push(bytes: Uint8Array): void;
  /** The wire is gone: whoever waits is told. */
  lost(): void;
}

interface Waiting {
  readonly question: Uint8Array;
  readonly answer: PromiseWithResolvers<Uint8Array>;
  tries: number;
}

export function modbusBus(clock: HardwareClock, write: (bytes: Uint8Array) => void): ModbusBus {
  let waiting: Waiting[] = [];
  let kept = Buffer.alloc(0);
  let asking = false;
  let timer: unknown;

  function next(): void {
    const [first] = waiting;
    if (asking || !first) return;
    asking = true;
    kept = Buffer.alloc(0);
    first.tries += 1;
    timer = clock.setTimeout(() => silent(first), ANSWER_MILLISECONDS);
    write(first.question);
  }

  function silent(first: Waiting): void {
    if (first.tries < TRIES_MAX) {
      asking = false;
      next();
    } else end((answer) => answer.reject(new HardwareError('turnstile-no-answer')));
  }

  function end(tell: (answer: PromiseWithResolvers<Uint8Array>) => void): void {
    clock.clearTimeout(timer);
    const first = waiting.shift();
    if (first) tell(first.answer);
    // the next frame begins after a silence
    timer = clock.setTimeout(() => {
      asking = false;
      next();
    }, GAP_MILLISECONDS);
  }

  return {
    ask(question) {
      if (waiting.length >= WAITING_MAX) {
        return Promise.reject(new HardwareError('wire-stuck', 'too many questions'));
      }
      const answer = Promise.withResolvers<Uint8Array>();
      waiting.push({ question, answer, tries: 0 });
      next();
      return answer.promise;
    },
    push(bytes) {
      const [first] = waiting;
      if (!asking || !first) return;
      kept = Buffer.concat([kept, bytes]).subarray(-BUFFER_BYTES_MAX);
      const found = answerIn(kept, first.question);
      if (!found) return;
      if ((found[1] ?? 0) & EXCEPTION) {
        const detail = `exception ${found[2]}`;
        end((answer) => answer.reject(new HardwareError('turnstile-pin-unusable', detail)));
      } else end((answer) => answer.resolve(found));
    },
    lost() {
      clock.clearTimeout(timer);
      const told = waiting;
      waiting = [];
      asking = false;
      for (const { answer } of told) answer.reject(new HardwareError('turnstile-disconnected'));
    },
  };
}

/** The answer to a question among what came in, whatever noise is before it. */
function answerIn(bytes: Buffer, question: Uint8Array): Uint8Array | undefined {
  const [address, code = 0] = question;
  for (let at = 0; at + EXCEPTION_BYTES <= bytes.length; at++) {
    const isException = bytes[at + 1] === (code | EXCEPTION);
    if (bytes[at] !== address || (bytes[at + 1] !== code && !isException)) continue;
    const length = isException ? EXCEPTION_BYTES : code === 5 ? 8 : 5 + (bytes[at + 2] ?? 0);
    const whole = bytes.subarray(at, at + length);
    if (whole.length < length) continue;
    const body = whole.subarray(0, -2);
    if (crc16(body) !== whole.readUInt16LE(length - 2)) continue;
    // a write is answered by itself: an older one's echo is not this one's
    if (code === 5 && !isException && Buffer.compare(whole, question) !== 0) continue;
    if (code !== 5 && !isException && body.length !== 4) continue;
    return body;
  }
  return undefined;
}
