import type { Firmata } from 'firmata-io';
import type { Direction, Signal, Turnstile, TurnstileListener } from '../devices.ts';
import { HardwareError } from '../errors.ts';
import { type DeviceParts, healthReport } from '../health.ts';
import { type ArduinoBoard, arduinoBoard, checkPins } from './arduino-board.ts';
import { type ArduinoSettings, safeBytes } from './arduino-settings.ts';
import { loopWatch, messagedContact } from './contact.ts';
import { atExit } from './exit-hook.ts';
import { type FirmataLink, firmataLink } from './firmata-link.ts';
import { turnstileInputs } from './inputs.ts';
import { hasPassagePins, inputPins, relayPins } from './pins.ts';
import { relayCheck } from './relay-check.ts';
import { relayTimers } from './relay-timers.ts';
import { signalShow } from './signals.ts';

const DIRECTIONS: readonly Direction[] = ['entry', 'exit'];
/** Signals of one moment, not shown again to a board that was away. */
const MOMENTARY: readonly Signal[] = ['read', 'go'];

/**
 * A turnstile behind an Arduino with StandardFirmata 2.5. The board holds its outputs when the
 * host dies, so a pulse is bounded by the driver only while the host lives.
 */
export function arduinoTurnstile(settings: ArduinoSettings, parts: DeviceParts): Turnstile {
  let run: ArduinoRun | undefined;
  const running = () => {
    if (!run) throw new HardwareError('turnstile-disconnected');
    return run;
  };
  return {
    hasPassageSensor: hasPassagePins(settings.pins),
    async start(listener) {
      run ??= arduinoRun(settings, parts, listener);
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

interface ArduinoRun {
  readonly started: Promise<void>;
  stop(): Promise<void>;
  unlock(direction: Direction, milliseconds: number): Promise<void>;
  lock(): Promise<boolean>;
  show(signal: Signal): void;
}

function arduinoRun(
  settings: ArduinoSettings,
  { clock, log }: DeviceParts,
  listener: TurnstileListener,
): ArduinoRun {
  const health = healthReport(`turnstile ${settings.path}`, listener, log);
  const { promise: started, resolve: settle } = Promise.withResolvers<void>();
  let board: ArduinoBoard | undefined;
  let wanted: Signal | undefined;
  let stopping = false;

  const wired = inputPins(settings.pins);
  const inputs = turnstileInputs(listener, clock, wired.length);
  const watch = loopWatch(clock);
  const contacts = new Map(
    wired.map(({ name }) => [
      name,
      messagedContact(clock, watch, (active) => inputs.onInput(name, active)),
    ]),
  );
  const relays = relayTimers(clock, settings.maximumPulse, (direction, unlocked) => {
    board?.relay(direction, unlocked);
    if (!unlocked) check.later(0);
  });
  const lamps = signalShow(
    {
      lamp: (lamp, on) => board?.lamp(lamp, on),
      buzzer: (on) => board?.lamp('buzzer', on),
    },
    clock,
  );
  const link: FirmataLink = firmataLink({
    path: settings.path,
    baud: settings.baud,
    clock,
    onReady: (io) => void ready(io),
    onRestart: () => {
      if (board) check.later(0);
    },
    onLost(error) {
      check.cancel();
      relays.forget();
      lamps.dark();
      health.fail(error.code, error.detail);
    },
  });
  const check = relayCheck({ settings, link, relays, health, clock, configure });
  const forgetExit = atExit(() => link.writeNow(safeBytes(settings)));

  async function ready(io: Firmata): Promise<void> {
    try {
      checkPins(io, settings);
      board ??= await arduinoBoard(io, settings, {
        onInput: (name, active) => contacts.get(name)?.hear(active),
      });
    } catch (error) {
      if (!(error instanceof HardwareError)) throw error;
      health.fail(error.code, error.detail);
      return;
    }
    if (stopping) return;
    configure();
    await check.now();
    await inputs.known();
    if (link.ready) settle();
  }

  function configure(): void {
    relays.forget();
    for (const contact of contacts.values()) contact.reset();
    inputs.reset();
    board?.configure();
    lamps.dark();
    if (wanted && !MOMENTARY.includes(wanted)) lamps.show(wanted);
  }

  watch.start();
  link.start();
  return {
    started,
    async stop() {
      stopping = true;
      watch.stop();
      check.stop();
      relays.allOff(DIRECTIONS);
      lamps.dark();
      // a lost wire is no reason not to let go
      await link.flushed().catch(() => undefined);
      forgetExit();
      await link.stop();
      settle();
    },
    async unlock(direction, milliseconds) {
      if (!link.ready || !board) throw new HardwareError('turnstile-disconnected');
      if (!relayPins(settings.pins).some(({ name }) => name === direction)) {
        throw new HardwareError('turnstile-no-relay', direction);
      }
      relays.on(direction, milliseconds);
      await link.flushed();
    },
    async lock() {
      if (!link.ready || !board) return false;
      relays.allOff(DIRECTIONS);
      return check.now();
    },
    show(signal) {
      wanted = signal;
      if (link.ready && board) lamps.show(signal);
    },
  };
}
