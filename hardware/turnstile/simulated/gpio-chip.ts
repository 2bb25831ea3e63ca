import { fileURLToPath } from 'node:url';
import type { HardwareClock } from '../../devices.ts';
import { simulatedPort } from '../../simulated-port.ts';
import { defaultGpioPins, type GpioSettings } from '../gpio.ts';
import type { TurnstilePins } from '../pins.ts';
import {
  type SimulatedTurnstile,
  type TurnstileView,
  turnstileOnPins,
} from './turnstile-on-pins.ts';

/** A Pi's GPIO chip with a turnstile on its lines, behind a kernel that is not there. */
export interface SimulatedGpioChip extends SimulatedTurnstile {
  /** Resolves with the `program` setting: the shipping program on the simulated kernel. */
  start(): Promise<string[]>;
  stop(): Promise<void>;
  /** Another program or an overlay takes a line; an empty name gives it back. */
  hold(line: number, consumer: string): void;
  /** A chip that is not there, as on a machine that is no Pi. */
  missing: boolean;
  /** A kernel that takes no more calls: the program that holds the lines hangs. */
  goSilent(silent: boolean): void;
  /** Ends the program that holds the lines, as SIGKILL does. */
  killProgram(): void;
  /** Puts a level on a line for a moment and lets it go, as a bouncing contact does. */
  glitch(line: number): void;
}

export interface SimulatedGpioChipOptions {
  readonly pins?: Partial<TurnstilePins>;
  readonly unlockLevel?: GpioSettings['unlockLevel'];
  readonly lampLevel?: GpioSettings['lampLevel'];
  readonly passageContact?: GpioSettings['passageContact'];
  readonly fireContact?: GpioSettings['fireContact'];
  readonly closedLevel?: GpioSettings['closedLevel'];
  readonly label?: string;
  /** Raspberry Pi OS without `dtparam=strict_gpiod`: lines hold their level when let go. */
  readonly persists?: boolean;
  readonly clock?: HardwareClock;
  onChange?(state: TurnstileView): void;
}

interface Line {
  output: boolean;
  level: 0 | 1;
  outside: 0 | 1 | undefined;
  bias: string;
  holder: string;
  stuck: boolean;
}

const LINES = 54;
const CHIPS = ['/dev/gpiochip0', '/dev/gpiochip1'];
const OTHER_LABEL = 'brcmvirt-gpio';
const KERNEL = fileURLToPath(new URL('gpio-kernel.py', import.meta.url));

interface Call {
  list?: true;
  open?: string;
  chip?: true;
  info?: number;
  request?: number[];
  bias?: string;
  levels?: Record<string, 0 | 1> | null;
  read?: number[];
  set?: Record<string, 0 | 1>;
}

export function simulatedGpioChip(options: SimulatedGpioChipOptions = {}): SimulatedGpioChip {
  const lines = Array.from(
    { length: LINES },
    (): Line => ({
      output: false,
      level: 0,
      outside: undefined,
      bias: '',
      holder: '',
      stuck: false,
    }),
  );
  const label = options.label ?? 'pinctrl-bcm2711';
  const held = new Set<number>();
  let opened = '';
  let silent = false;
  let kept = '';

  const port = simulatedPort('tcp://127.0.0.1:0', {
    onOpen: () => {
      kept = '';
    },
    onClose: letGo,
    onData(bytes) {
      if (silent) return;
      const whole = (kept + Buffer.from(bytes).toString()).split('\n');
      kept = whole.pop() ?? '';
      for (const each of whole) send(answer(JSON.parse(each)));
    },
  });
  const send = (message: object) => port.send(Buffer.from(`${JSON.stringify(message)}\n`));

  function levelOf(line: Line | undefined): 0 | 1 {
    if (!line) return 0;
    if (line.output) return line.level;
    return line.outside ?? (line.bias === 'up' ? 1 : 0);
  }

  /** The descriptor of the lines was closed, by whatever end. */
  function letGo(): void {
    for (const offset of held) {
      const line = lines[offset] as Line;
      if (!options.persists && !line.stuck) line.output = false;
    }
    held.clear();
    turnstile.changed();
  }

  function answer(call: Call): object {
    if (call.list) return { chips: chip.missing ? [] : CHIPS };
    if (call.open !== undefined) {
      opened = call.open;
      return chip.missing || !CHIPS.includes(opened) ? { errno: 'ENOENT' } : {};
    }
    if (call.chip) return { label: opened === CHIPS[1] ? label : OTHER_LABEL };
    if (call.info !== undefined) return { holder: lines[call.info]?.holder ?? '' };
    if (call.request) return request(call.request, call);
    if (call.read) return { levels: read(call.read) };
    for (const [offset, level] of Object.entries(call.set ?? {})) write(Number(offset), level);
    turnstile.changed();
    return {};
  }

  const read = (offsets: number[]) =>
    Object.fromEntries(offsets.map((offset) => [offset, levelOf(lines[offset])]));

  function write(offset: number, level: 0 | 1): void {
    const line = lines[offset];
    if (line && !line.stuck) line.level = level;
  }

  function request(offsets: number[], { bias = '', levels }: Call): object {
    if (offsets.some((offset) => !lines[offset])) return { errno: 'EINVAL' };
    if (offsets.some((offset) => lines[offset]?.holder)) return { errno: 'EBUSY' };
    for (const offset of offsets) {
      const line = lines[offset] as Line;
      held.add(offset);
      line.output = levels !== null;
      line.bias = bias;
      write(offset, levels?.[offset] ?? 0);
    }
    turnstile.changed();
    return { levels: read(offsets) };
  }

  function drive(offset: number, level: 0 | 1 | undefined): void {
    const line = lines[offset];
    if (!line) return;
    const before = levelOf(line);
    line.outside = level;
    const now = levelOf(line);
    if (held.has(offset) && !silent && now !== before) send({ line: offset, level: now });
  }

  const board = {
    drive,
    output: (offset: number) => (lines[offset]?.output ? lines[offset].level : undefined),
    stick(offset: number, stuck: boolean) {
      const line = lines[offset];
      if (line) line.stuck = stuck;
    },
    get connections() {
      return port.connections;
    },
  };
  const pins = { ...defaultGpioPins, ...options.pins };
  const closedLevel = options.closedLevel === 'high' ? 1 : 0;
  const turnstile = turnstileOnPins({ ...options, pins, closedLevel }, board);
  turnstile.rest();

  const chip: SimulatedGpioChip = {
    missing: false,
    async start() {
      const address = (await port.start()).slice('tcp://'.length);
      return ['python3', '-I', KERNEL, address];
    },
    async stop() {
      turnstile.stop();
      await port.stop();
    },
    get state() {
      return turnstile.view();
    },
    walkThrough: turnstile.walkThrough,
    force: turnstile.force,
    pressFire: turnstile.pressFire,
    press: turnstile.press,
    stickRelay: turnstile.stickRelay,
    hold(offset, consumer) {
      const line = lines[offset];
      if (line) line.holder = consumer;
    },
    goSilent(next) {
      silent = next;
    },
    killProgram: () => port.drop(),
    glitch(offset) {
      const rest = lines[offset]?.outside;
      drive(offset, levelOf(lines[offset]) === 0 ? 1 : 0);
      drive(offset, rest);
    },
  };
  return chip;
}
