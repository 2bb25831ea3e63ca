import type { Firmata } from 'firmata-io';
import type { DeviceParts } from '../camera/pipe-camera.ts';
import type { Direction, Signal, Turnstile, TurnstileListener } from '../devices.ts';
import { HardwareError } from '../errors.ts';
import { healthReport } from '../health.ts';
import { type ArduinoBoard, arduinoBoard, checkPins } from './arduino-board.ts';
import { type ArduinoSettings, inputPins, relayPins, safeBytes } from './arduino-settings.ts';
import { atExit } from './exit-hook.ts';
import { type FirmataLink, firmataLink } from './firmata-link.ts';
import { relayTimers } from './relay-timers.ts';
import { signalShow } from './signals.ts';

/** How often a board at rest is asked for the state of its relays. */
export const CHECK_MILLISECONDS = 2_000;
/** The board tells its inputs at once; a start waits no longer for them than this. */
const INPUT_MILLISECONDS = 1_000;
const DIRECTIONS: readonly Direction[] = ['entry', 'exit'];
const PULLUP = 0x0b;
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
    hasPassageSensor: inputPins(settings.pins).some(({ name }) => name !== 'fire'),
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
  let checking: unknown;
  let stopping = false;

  const inputs = turnstileInputs(listener, clock, inputPins(settings.pins).length);
  const relays = relayTimers(clock, settings.maximumPulse, (direction, unlocked) => {
    board?.relay(direction, unlocked);
    if (!unlocked) checkLater(0);
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
    onRestart: () => checkLater(0),
    onLost(error) {
      clock.clearTimeout(checking);
      relays.forget();
      lamps.dark();
      health.fail(error.code);
    },
  });
  const forgetExit = atExit(() => link.writeNow(safeBytes(settings)));

  async function ready(io: Firmata): Promise<void> {
    try {
      checkPins(io, settings);
      board ??= await arduinoBoard(io, settings, { onInput: inputs.onInput });
    } catch (error) {
      if (!(error instanceof HardwareError)) throw error;
      health.fail(error.code, error.message.match(/\((.*)\)$/)?.[1]);
      return;
    }
    if (stopping) return;
    configure();
    await check();
    await inputs.known();
    if (link.ready) settle();
  }

  function configure(): void {
    relays.forget();
    inputs.reset();
    board?.configure();
    lamps.dark();
    if (wanted && !MOMENTARY.includes(wanted)) lamps.show(wanted);
  }

  function checkLater(milliseconds: number): void {
    clock.clearTimeout(checking);
    if (stopping || !link.ready || !board) return;
    checking = clock.setTimeout(() => void check(), milliseconds);
  }

  /** Reads the relays back; `true` when every one that should be off is off. */
  async function check(): Promise<boolean> {
    const relay = relayPins(settings.pins);
    const input = inputPins(settings.pins).slice(0, 1);
    const held = relay.filter(({ name }) => !relays.isOn(name));
    const states = await link.pinStates([...held, ...input].map(({ pin }) => pin));
    if (stopping || !link.ready) return false;
    if (!states) {
      link.giveUp('no pin state');
      return false;
    }
    // a board that restarted by itself has made outputs of its inputs
    const forgot = input.length > 0 && states.at(-1)?.mode !== PULLUP;
    if (forgot) configure();
    const off = settings.unlockLevel === 'high' ? 0 : 1;
    const stuck = held.filter(
      ({ name }, index) => states[index]?.state !== off && !relays.isOn(name),
    );
    if (stuck.length > 0 && !forgot) {
      health.fail('turnstile-relay-stuck', stuck.map(({ name }) => name).join(', '));
    } else if (!forgot) health.ok();
    checkLater(forgot ? 0 : CHECK_MILLISECONDS);
    return stuck.length === 0;
  }

  link.start();
  return {
    started,
    async stop() {
      stopping = true;
      clock.clearTimeout(checking);
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
      clock.clearTimeout(checking);
      return check();
    },
    show(signal) {
      wanted = signal;
      if (link.ready && board) lamps.show(signal);
    },
  };
}

/** Turns contacts into passages and emergencies. */
function turnstileInputs(
  listener: TurnstileListener,
  clock: DeviceParts['clock'],
  expected: number,
) {
  let known = new Map<Direction | 'fire', boolean>();
  let emergency = false;
  let all = Promise.withResolvers<void>();
  return {
    /** Resolves when every contact was read once, so that the next change counts. */
    async known() {
      const late = clock.setTimeout(all.resolve, INPUT_MILLISECONDS);
      if (expected > 0) await all.promise;
      clock.clearTimeout(late);
    },
    /** After a gap, what a passage contact reads first is its rest, not a passage. */
    reset() {
      known = new Map();
      all = Promise.withResolvers();
    },
    onInput(name: Direction | 'fire', active: boolean) {
      const before = known.get(name);
      known.set(name, active);
      if (known.size === expected) all.resolve();
      if (name === 'fire') {
        if (active !== emergency) listener.onEmergency(active);
        emergency = active;
      } else if (before === false && active) {
        listener.onPassage(clock.now());
      }
    },
  };
}
