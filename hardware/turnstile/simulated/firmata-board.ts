import { simulatedPort } from '../../simulated-port.ts';

/** StandardFirmata's pin modes that the simulated board knows. */
export const pinModes = { input: 0x00, output: 0x01, pullup: 0x0b } as const;

/** An Uno: 20 pins, of which 0 and 1 are the serial line. */
const PINS = 20;
const FIRST_USABLE_PIN = 2;
const FIRST_ANALOG_PIN = 14;
const MAX_SYSEX_BYTES = 256;

/** A board with StandardFirmata 2.5 at the far end of a wire, nothing connected to its pins. */
export interface SimulatedFirmataBoard {
  start(): Promise<string>;
  stop(): Promise<void>;
  /** Cuts the power and gives it back: all pins become outputs at low level. */
  restart(): void;
  /** Pulls the plug; the driver may plug in again at once. The pins hold what they are. */
  drop(): void;
  /** Level that the world puts on a pin; `undefined` leaves it to the pull-up. */
  drive(pin: number, level: 0 | 1 | undefined): void;
  /** Level of an output pin, `undefined` where the pin is no output. */
  output(pin: number): 0 | 1 | undefined;
  /** A pin that stays at its level whatever is written to it. */
  stick(pin: number, stuck: boolean): void;
  /** A board that hears and answers nothing. */
  silent: boolean;
  readonly connections: number;
}

interface Pin {
  mode: number;
  /** What was last written, which is also what a pin state query tells. */
  state: 0 | 1;
  outside: 0 | 1 | undefined;
  stuck: boolean;
}

export interface SimulatedBoardOptions {
  readonly path: string;
  /** Restarts whenever the wire opens, as an Uno does through DTR. */
  readonly restartsWhenOpened: boolean;
  /** An output changed, or the board restarted. */
  onOutput(): void;
}

export function simulatedFirmataBoard(options: SimulatedBoardOptions): SimulatedFirmataBoard {
  const fresh = (): Pin => ({
    mode: pinModes.output,
    state: 0,
    outside: undefined,
    stuck: false,
  });
  const pins = Array.from({ length: PINS }, fresh);
  const reporting = new Set<number>();
  const reported = new Map<number, number>();
  const message: number[] = [];

  const port = simulatedPort(options.path, {
    onOpen() {
      message.length = 0;
      if (options.restartsWhenOpened) reset();
    },
    onData(bytes) {
      if (board.silent) return;
      for (const byte of bytes) hear(byte);
    },
  });

  function send(...bytes: number[]): void {
    if (!board.silent) port.send(Uint8Array.from(bytes));
  }

  function reset(): void {
    for (const pin of pins) {
      pin.mode = pinModes.output;
      if (!pin.stuck) pin.state = 0;
    }
    reporting.clear();
    reported.clear();
    options.onOutput();
    sendVersion();
    sendFirmware();
  }

  const sendVersion = () => send(0xf9, 2, 5);
  const sendFirmware = () => {
    const name = [...'StandardFirmata.ino'].flatMap((char) => [char.charCodeAt(0) & 0x7f, 0]);
    send(0xf0, 0x79, 2, 5, ...name, 0xf7);
  };

  function isInput(pin: Pin): boolean {
    return pin.mode === pinModes.input || pin.mode === pinModes.pullup;
  }

  /** What the chip reads: the outside, else its pull-up, else the last charge (taken as low). */
  function read(pin: Pin): number {
    if (pin.outside !== undefined) return pin.outside;
    return pin.mode === pinModes.pullup || pin.state === 1 ? 1 : 0;
  }

  function reportPort(number: number, always: boolean): void {
    if (!reporting.has(number)) return;
    let value = 0;
    pins.slice(number * 8, number * 8 + 8).forEach((pin, bit) => {
      if (isInput(pin)) value |= read(pin) << bit;
    });
    if (!always && reported.get(number) === value) return;
    reported.set(number, value);
    send(0x90 | number, value & 0x7f, value >> 7);
  }

  function writePin(pin: Pin | undefined, level: 0 | 1): void {
    if (!pin || pin.stuck) return;
    pin.state = level;
  }

  function setMode(number: number, mode: number): void {
    const pin = pins[number];
    if (!pin || number < FIRST_USABLE_PIN) return;
    pin.mode = mode;
    writePin(pin, mode === pinModes.pullup ? 1 : 0);
    options.onOutput();
  }

  /** Writes a whole port: outputs, and the pull-ups of plain inputs, but not `pullup` pins. */
  function writePort(number: number, value: number): void {
    pins.slice(number * 8, number * 8 + 8).forEach((pin, bit) => {
      if (pin.mode === pinModes.pullup) return;
      writePin(pin, ((value >> bit) & 1) as 0 | 1);
    });
    options.onOutput();
    reportPort(number, false);
  }

  function sysex(body: readonly number[]): void {
    const [command, first = 0] = body;
    if (command === 0x79) sendFirmware();
    if (command === 0x6b) {
      const all = pins.flatMap((_, number) =>
        number < FIRST_USABLE_PIN ? [0x7f] : [0x00, 1, 0x0b, 1, 0x01, 1, 0x7f],
      );
      send(0xf0, 0x6c, ...all, 0xf7);
    }
    if (command === 0x69) {
      const all = pins.map((_, n) => (n < FIRST_ANALOG_PIN ? 0x7f : n - FIRST_ANALOG_PIN));
      send(0xf0, 0x6a, ...all, 0xf7);
    }
    if (command === 0x6d) {
      const pin = pins[first];
      if (pin) send(0xf0, 0x6e, first, pin.mode, pin.state, 0xf7);
    }
  }

  /** Puts one message together, as Firmata's parser does, and obeys it. */
  function hear(byte: number): void {
    if (message[0] === 0xf0) {
      if (byte === 0xf7) {
        const body = message.slice(1);
        message.length = 0;
        sysex(body);
        return;
      }
      message.push(byte);
      if (message.length > MAX_SYSEX_BYTES) message.length = 0;
      return;
    }
    if (byte >= 0x80) message.length = 0;
    else if (message.length === 0) return;
    message.push(byte);
    const [command = 0, a = 0, b = 0] = message;
    const length = command === 0xf9 || command === 0xff ? 1 : (command & 0xf0) === 0xd0 ? 2 : 3;
    if (command === 0xf0 || message.length < length) return;
    message.length = 0;
    obey(command, a, b);
  }

  function obey(command: number, a: number, b: number): void {
    if (command === 0xf9) sendVersion();
    else if (command === 0xff) reset();
    else if (command === 0xf4) setMode(a, b);
    else if (command === 0xf5) {
      if (pins[a]?.mode === pinModes.output) writePin(pins[a], b === 0 ? 0 : 1);
      options.onOutput();
    } else if ((command & 0xf0) === 0x90) writePort(command & 0x0f, a | (b << 7));
    else if ((command & 0xf0) === 0xd0) {
      if (a === 0) reporting.delete(command & 0x0f);
      else reporting.add(command & 0x0f);
      reportPort(command & 0x0f, true);
    }
  }

  const board: SimulatedFirmataBoard = {
    silent: false,
    start: () => port.start(),
    stop: () => port.stop(),
    restart: reset,
    drop: () => port.drop(),
    drive(number, level) {
      const pin = pins[number];
      if (!pin) return;
      pin.outside = level;
      reportPort(number >> 3, false);
    },
    output(number) {
      const pin = pins[number];
      return pin?.mode === pinModes.output ? pin.state : undefined;
    },
    stick(number, stuck) {
      const pin = pins[number];
      if (pin) pin.stuck = stuck;
    },
    get connections() {
      return port.connections;
    },
  };
  return board;
}
