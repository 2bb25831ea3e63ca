import { EventEmitter } from 'node:events';
import firmata, { type Firmata } from 'firmata-io';
import type { HardwareClock } from '../devices.ts';
import { HardwareError } from '../errors.ts';
import { keepWire } from '../kept-wire.ts';

/** A board that has not answered so many milliseconds after the wire opened is given up. */
export const BOARD_ANSWER_MILLISECONDS = 10_000;
/** An Uno restarts when its port opens and misses what it is told meanwhile: ask again. */
const ASK_AGAIN_MILLISECONDS = 1_000;
/** A pin state that has not come after so many milliseconds will not come. */
const PIN_STATE_MILLISECONDS = 1_000;
/** The longest message a board sends is under 1 KiB; a longer one is noise without an end. */
const MAX_MESSAGE_BYTES = 4_096;
/** Report version, then report firmware. */
const WHO_ARE_YOU = Uint8Array.of(0xf9, 0xf0, 0x79, 0xf7);

export interface PinState {
  readonly mode: number | undefined;
  readonly state: number | undefined;
}

/** A Firmata board at the end of a wire that may come and go. */
export interface FirmataLink {
  start(): void;
  stop(): Promise<void>;
  /** The firmware's view of a pin each; `undefined` when the board does not answer. */
  pinStates(pins: readonly number[]): Promise<PinState[] | undefined>;
  /** Resolves when all that was written so far is handed to the wire, rejects if it was lost. */
  flushed(): Promise<void>;
  writeNow(bytes: Uint8Array): void;
  /** Gives a silent board up and opens the wire anew. */
  giveUp(detail: string): void;
  /** Whether the board answered on this connection. */
  readonly ready: boolean;
}

export interface FirmataLinkParts {
  readonly path: string;
  readonly baud: number;
  readonly clock: HardwareClock;
  /** The board answered. `io` is the same object on every connection after the first. */
  onReady(io: Firmata): void;
  /** The board said its name without being asked: it may have restarted. */
  onRestart(): void;
  onLost(error: HardwareError): void;
}

type Transport = EventEmitter & { write(bytes: Uint8Array, done: () => void): void };

export function firmataLink(parts: FirmataLinkParts): FirmataLink {
  const { clock } = parts;
  let transport: Transport;
  let io: Firmata | undefined;
  let ready = false;
  let asking: unknown;
  let lastWrite: Promise<void> = Promise.resolve();
  let asked: Promise<PinState[] | undefined> = Promise.resolve(undefined);

  const kept = keepWire({
    path: parts.path,
    serial: { baud: parts.baud },
    clock,
    onOpen: greet,
    onData: hear,
    onLost(error) {
      clock.clearTimeout(asking);
      ready = false;
      parts.onLost(error);
    },
  });

  function write(bytes: Uint8Array): void {
    const wire = kept.wire;
    lastWrite = wire ? wire.write(bytes) : Promise.reject(new HardwareError('wire-closed'));
    // a lost write is a lost wire, which onLost tells; flushed() still rejects for its caller
    lastWrite.catch(() => undefined);
  }

  /**
   * A new firmata-io until one has learnt the board's pins, then that one for good: johnny-five
   * keeps every board it ever saw, so a fresh pair for each unplugging would fill the memory.
   */
  function greet(): void {
    if (!io?.isReady) io = newIo();
    io.buffer.length = 0;
    const until = clock.now() + BOARD_ANSWER_MILLISECONDS;
    const ask = () => {
      if (clock.now() >= until) return kept.drop(new HardwareError('turnstile-no-answer'));
      write(WHO_ARE_YOU);
      asking = clock.setTimeout(ask, ASK_AGAIN_MILLISECONDS);
    };
    ask();
  }

  function newIo(): Firmata {
    transport = Object.assign(new EventEmitter(), {
      write(bytes: Uint8Array, done: () => void) {
        write(bytes);
        done();
      },
    });
    const made = new firmata.Firmata(transport, {
      reportVersionTimeout: BOARD_ANSWER_MILLISECONDS,
    });
    // asking is ours, on the clock that was given
    clearTimeout(made.reportVersionTimeoutId);
    made.on('ready', () => {
      if (made === io && !ready) answered(made);
    });
    made.on('queryfirmware', () => {
      if (made !== io || !made.isReady) return;
      if (ready) parts.onRestart();
      else answered(made);
    });
    return made;
  }

  function answered(board: Firmata): void {
    clock.clearTimeout(asking);
    ready = true;
    kept.answered();
    parts.onReady(board);
  }

  function hear(bytes: Uint8Array): void {
    try {
      transport.emit('data', bytes);
    } catch (error) {
      // firmata-io trusts the line: a pin number that noise made up throws
      kept.drop(new HardwareError('turnstile-no-answer', String(error)));
      return;
    }
    if (io && io.buffer.length > MAX_MESSAGE_BYTES) {
      kept.drop(new HardwareError('turnstile-no-answer', 'a message without an end'));
    }
  }

  return {
    start: () => kept.start(),
    async stop() {
      clock.clearTimeout(asking);
      await kept.stop();
      ready = false;
    },
    pinStates(pins) {
      // one after another: an answer under way tells what was before the newest command
      asked = asked.then(() => (io && ready ? askPinStates(io, pins, clock) : undefined));
      return asked;
    },
    flushed: () => lastWrite,
    writeNow: (bytes) => kept.wire?.writeNow(bytes),
    giveUp: (detail) => kept.drop(new HardwareError('turnstile-no-answer', detail)),
    get ready() {
      return ready;
    },
  };
}

function askPinStates(
  io: Firmata,
  pins: readonly number[],
  clock: HardwareClock,
): Promise<PinState[] | undefined> {
  if (pins.length === 0) return Promise.resolve([]);
  return new Promise((resolve) => {
    const open = new Map<number, () => void>();
    const finish = (states: PinState[] | undefined) => {
      clock.clearTimeout(timer);
      for (const [pin, heard] of open) io.removeListener(`pin-state-${pin}`, heard);
      resolve(states);
    };
    const timer = clock.setTimeout(() => finish(undefined), PIN_STATE_MILLISECONDS);
    for (const pin of pins) {
      const heard = () => {
        open.delete(pin);
        if (open.size > 0) return;
        finish(pins.map((each) => ({ mode: io.pins[each]?.mode, state: io.pins[each]?.state })));
      };
      open.set(pin, heard);
    }
    for (const [pin, heard] of open) io.queryPinState(pin, heard);
  });
}
