import type { Direction, Signal, Turnstile, TurnstileListener } from '../devices.ts';
import { HardwareError } from '../errors.ts';
import { type DeviceParts, healthReport } from '../health.ts';
import { gpioLines, gpioProgram, type Level, type Levels } from './gpio-program.ts';
import { turnstileInputs } from './inputs.ts';
import {
  type Contact,
  contactOf,
  hasPassagePins,
  inputPins,
  lampPins,
  relayPins,
  type TurnstilePins,
} from './pins.ts';
import { relayTimers } from './relay-timers.ts';
import { type Lamp, signalShow } from './signals.ts';

/** BCM numbers (GPIO17), which are the offsets of the chip's lines; not pins of the header. */
export const defaultGpioPins: TurnstilePins = {
  relayEntry: 17,
  relayExit: 27,
  lampRed: 5,
  lampGreen: 6,
  lampWhite: 13,
  buzzer: 19,
  passageEntry: 22,
  passageExit: 23,
  fire: 24,
  button: null,
};

export interface GpioSettings {
  /** `auto`, a path or the chip's label. */
  readonly chip: string;
  readonly pins: TurnstilePins;
  readonly unlockLevel: 'high' | 'low';
  readonly lampLevel: 'high' | 'low';
  readonly passageContact: Contact;
  readonly fireContact: Contact;
  /** The level of an input whose contact is closed. */
  readonly closedLevel: 'high' | 'low';
  readonly bias: 'pull-up' | 'pull-down' | 'none';
  /** Milliseconds that an input must hold before it counts. */
  readonly debounce: number;
  readonly maximumPulse: number;
  readonly program?: readonly string[] | undefined;
}

/** How often the levels of the relays are read back while all is well. */
export const CHECK_MILLISECONDS = 2_000;
const DIRECTIONS: readonly Direction[] = ['entry', 'exit'];
/** Signals of one moment, not shown again to lines that were away. */
const MOMENTARY: readonly Signal[] = ['read', 'go'];

/**
 * A turnstile at the Pi's own pins. A small program of its own holds the lines: it times each
 * pulse itself and switches all off when this process ends, however it ends.
 */
export function gpioTurnstile(settings: GpioSettings, parts: DeviceParts): Turnstile {
  let run: ReturnType<typeof gpioRun> | undefined;
  const running = () => {
    if (!run) throw new HardwareError('turnstile-disconnected');
    return run;
  };
  return {
    hasPassageSensor: hasPassagePins(settings.pins),
    async start(listener) {
      run ??= gpioRun(settings, parts, listener);
      await run.started;
    },
    async stop() {
      const last = run;
      run = undefined;
      await last?.stop();
    },
    unlock: async (direction, milliseconds) => running().unlock(direction, milliseconds),
    lock: async () => running().lock(),
    show: (signal) => run?.show(signal),
  };
}

const levelOf = (name: 'high' | 'low', on: boolean): Level => ((name === 'high') === on ? 1 : 0);

function gpioRun(settings: GpioSettings, { clock, log }: DeviceParts, listener: TurnstileListener) {
  const { pins, unlockLevel, lampLevel } = settings;
  const health = healthReport(`turnstile ${settings.chip}`, listener, log);
  const { promise: started, resolve: settle } = Promise.withResolvers<void>();
  const contacts = inputPins(pins);
  const inputs = turnstileInputs(listener, clock, contacts.length);
  let wanted: Signal | undefined;
  let lastSet: Promise<void> = Promise.resolve();
  let checking: unknown;
  let stopping = false;

  const lines = gpioLines({
    program: settings.program ?? gpioProgram,
    clock,
    settings: {
      chip: settings.chip,
      outputs: Object.fromEntries([
        ...relayPins(pins).map(({ pin }) => [pin, levelOf(unlockLevel, false)]),
        ...lampPins(pins).map(({ pin }) => [pin, levelOf(lampLevel, false)]),
      ]),
      inputs: contacts.map(({ pin }) => pin),
      bias: settings.bias,
      debounce: settings.debounce,
      maximum: settings.maximumPulse,
    },
    onReady: (levels) => void ready(levels),
    onEdge: contact,
    onLost(error) {
      clock.clearTimeout(checking);
      relays.forget();
      lamps.dark();
      health.fail(error.code, error.detail);
    },
  });
  const set = (values: Record<number, Level>, milliseconds?: number) => {
    lastSet = lines.set(values, milliseconds);
    // lines that are gone are told by onLost; who awaits lastSet still sees it
    lastSet.catch(() => undefined);
  };
  const relays = relayTimers(clock, settings.maximumPulse, (direction, unlocked, milliseconds) => {
    const pin = relayPins(pins).find(({ name }) => name === direction)?.pin;
    if (pin !== undefined) set({ [pin]: levelOf(unlockLevel, unlocked) }, milliseconds);
    if (!unlocked) checkLater(0);
  });
  const lamp = (which: Lamp | 'buzzer', on: boolean) => {
    const pin = lampPins(pins).find(({ name }) => name === which)?.pin;
    if (pin !== undefined && lines.ready) set({ [pin]: levelOf(lampLevel, on) });
  };
  const lamps = signalShow({ lamp, buzzer: (on) => lamp('buzzer', on) }, clock);

  function contact(line: number, level: Level, at: number): void {
    const found = contacts.find(({ pin }) => pin === line);
    if (!found) return;
    const kind = contactOf(found.name, settings);
    const closed = level === levelOf(settings.closedLevel, true);
    inputs.onInput(found.name, closed === (kind === 'no'), at);
  }

  async function ready(levels: Levels): Promise<void> {
    if (stopping) return;
    inputs.reset();
    for (const [line, level] of levels) contact(line, level, clock.now());
    if (wanted && !MOMENTARY.includes(wanted)) lamps.show(wanted);
    await check();
    if (lines.ready) settle();
  }

  function checkLater(milliseconds: number): void {
    clock.clearTimeout(checking);
    if (!stopping && lines.ready) checking = clock.setTimeout(() => void check(), milliseconds);
  }

  async function check(): Promise<boolean> {
    clock.clearTimeout(checking);
    const levels = await lines.read();
    if (stopping || !lines.ready || !levels) return false;
    const unlocked = levelOf(unlockLevel, true);
    const stuck = relayPins(pins).filter(
      ({ name, pin }) => levels.get(pin) === unlocked && !relays.isOn(name),
    );
    if (stuck.length > 0) {
      health.fail('turnstile-relay-stuck', stuck.map(({ name }) => name).join(', '));
    } else health.ok();
    checkLater(CHECK_MILLISECONDS);
    return stuck.length === 0;
  }

  lines.start();
  return {
    started,
    async stop() {
      stopping = true;
      clock.clearTimeout(checking);
      relays.forget();
      lamps.dark();
      await lines.stop();
      settle();
    },
    async unlock(direction: Direction, milliseconds: number) {
      if (!lines.ready) throw new HardwareError('turnstile-disconnected');
      if (!relayPins(pins).some(({ name }) => name === direction)) {
        throw new HardwareError('turnstile-no-relay', direction);
      }
      relays.on(direction, milliseconds);
      await lastSet;
    },
    async lock() {
      if (!lines.ready) return false;
      relays.allOff(DIRECTIONS);
      return check();
    },
    show(signal: Signal) {
      wanted = signal;
      if (lines.ready) lamps.show(signal);
    },
  };
}
