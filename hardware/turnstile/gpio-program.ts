import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { HardwareClock } from '../devices.ts';
import { HardwareError, type HardwareErrorCode } from '../errors.ts';
import { nextRetry } from '../kept-wire.ts';

/** Python's own library is all that the program needs; `-I` keeps anything else out. */
export const gpioProgram: readonly string[] = [
  'python3',
  '-I',
  fileURLToPath(new URL('gpio-lines.py', import.meta.url)),
];
/** A program that has not answered for so long is ended and started again. */
const ANSWER_MILLISECONDS = 1_000;
/** How long the first line may take: Python starts in a second on a busy Pi. */
const READY_MILLISECONDS = 10_000;
const LINE_CHARACTERS_MAX = 65_536;

export type Level = 0 | 1;
export type Levels = ReadonlyMap<number, Level>;

const level = z.union([z.literal(0), z.literal(1)]);
const levels = z.record(z.string(), level);
const Message = z.union([
  z.object({ ready: z.string(), label: z.string(), levels }),
  z.object({ id: z.int(), levels }),
  z.object({ edge: z.int(), level, ago: z.number().min(0) }),
  z.object({ fault: z.string(), detail: z.string() }),
]);
type Message = z.infer<typeof Message>;

/** What gpio-lines.py is started with. */
export interface GpioLinesSettings {
  readonly chip: string;
  /** The level that is off, by offset. */
  readonly outputs: Readonly<Record<number, Level>>;
  readonly inputs: readonly number[];
  readonly bias: 'pull-up' | 'pull-down' | 'none';
  /** Milliseconds that a level must hold before it is an edge. */
  readonly debounce: number;
  /** The longest pulse in milliseconds. */
  readonly maximum: number;
}

export interface GpioLinesParts {
  readonly program: readonly string[];
  readonly settings: GpioLinesSettings;
  readonly clock: HardwareClock;
  /** The lines are held, outputs off; `levels` are those of all lines. */
  onReady(levels: Levels): void;
  /** `at` is monotonic milliseconds. */
  onEdge(line: number, level: Level, at: number): void;
  onLost(error: HardwareError): void;
}

/** The program that holds the lines, started again whenever it ends. */
export interface GpioLines {
  start(): void;
  /** Ends its input: it switches all off, lets go and ends. Killed when it does not. */
  stop(): Promise<void>;
  /** Sets levels; with `milliseconds` they fall back to off after so long. */
  set(values: Readonly<Record<number, Level>>, milliseconds?: number): Promise<void>;
  /** Levels of all lines, `undefined` when nobody answers. */
  read(): Promise<Levels | undefined>;
  readonly ready: boolean;
}

const toLevels = (told: Record<string, Level>): Levels =>
  new Map(Object.entries(told).map(([line, value]) => [Number(line), value]));

/** What the program may say of its end. */
const FAULTS: readonly HardwareErrorCode[] = [
  'gpio-chip-missing',
  'gpio-line-busy',
  'wire-refused',
  'turnstile-pin-unusable',
  'turnstile-disconnected',
  'settings-invalid',
];
const known = (code: string): HardwareErrorCode =>
  FAULTS.find((each) => each === code) ?? 'gpio-program-ended';

export function gpioLines(parts: GpioLinesParts): GpioLines {
  const { clock } = parts;
  const asked = new Map<number, (levels: Levels | undefined) => void>();
  let child: ChildProcess | undefined;
  let ready = false;
  let running = false;
  let pause: number | undefined;
  let again: unknown;
  let deadline: unknown;
  let nextId = 1;
  let ended: Promise<void> = Promise.resolve();

  function open(): void {
    const [command = '', ...leading] = parts.program;
    const mine = spawn(command, [...leading, JSON.stringify(parts.settings)], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    let fault = new HardwareError('gpio-program-ended');
    child = mine;
    // a child that has ended takes no more; its 'close' tells it
    mine.stdin.on('error', () => undefined);
    mine.on('error', (error) => {
      fault = new HardwareError('gpio-program-missing', error.message);
    });
    lines(mine, (message) => {
      if ('fault' in message) fault = new HardwareError(known(message.fault), message.detail);
      else heard(message);
    });
    ended = new Promise((resolve) => {
      mine.on('close', () => {
        lost(fault);
        resolve();
      });
    });
    deadline = clock.setTimeout(giveUp, READY_MILLISECONDS);
  }

  function heard(message: Exclude<Message, { fault: string }>): void {
    if ('ready' in message) {
      clock.clearTimeout(deadline);
      ready = true;
      pause = undefined;
      parts.onReady(toLevels(message.levels));
    } else if ('id' in message) {
      asked.get(message.id)?.(toLevels(message.levels));
    } else {
      parts.onEdge(message.edge, message.level, clock.now() - message.ago);
    }
  }

  function lost(error: HardwareError): void {
    clock.clearTimeout(deadline);
    child = undefined;
    ready = false;
    for (const answer of [...asked.values()]) answer(undefined);
    if (!running) return;
    pause = nextRetry(pause);
    again = clock.setTimeout(open, pause);
    parts.onLost(error);
  }

  /** It hangs; its end is told by 'close'. */
  function giveUp(): void {
    child?.kill('SIGKILL');
  }

  function tell(command: object): Promise<void> {
    const input = child?.stdin;
    if (!ready || !input) return Promise.reject(new HardwareError('turnstile-disconnected'));
    return new Promise((resolve, reject) => {
      input.write(`${JSON.stringify(command)}\n`, (error) => {
        if (error) reject(new HardwareError('turnstile-disconnected', error.message));
        else resolve();
      });
    });
  }

  return {
    get ready() {
      return ready;
    },
    start() {
      if (running) return;
      running = true;
      open();
    },
    async stop() {
      running = false;
      clock.clearTimeout(again);
      child?.stdin?.end();
      const late = clock.setTimeout(giveUp, ANSWER_MILLISECONDS);
      await ended;
      clock.clearTimeout(late);
    },
    set(values, milliseconds) {
      return tell(
        milliseconds === undefined ? { set: values } : { set: values, for: milliseconds },
      );
    },
    async read() {
      const id = nextId++;
      const answer = Promise.withResolvers<Levels | undefined>();
      asked.set(id, answer.resolve);
      const late = clock.setTimeout(() => {
        answer.resolve(undefined);
        giveUp();
      }, ANSWER_MILLISECONDS);
      await tell({ id }).catch(() => answer.resolve(undefined));
      const told = await answer.promise;
      clock.clearTimeout(late);
      asked.delete(id);
      return told;
    },
  };
}

/** Splits what the program says into messages; what is none is not for us. */
function lines(child: ChildProcess, onMessage: (message: Message) => void): void {
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
    const whole = (text + piece).split('\n');
    text = (whole.pop() ?? '').slice(-LINE_CHARACTERS_MAX);
    for (const line of whole) {
      const message = Message.safeParse(parsed(line));
      if (message.success) onMessage(message.data);
    }
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
