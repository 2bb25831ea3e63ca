import { systemClock } from '../../clock.ts';
import type { Direction, HardwareClock } from '../../devices.ts';
import {
  type ArduinoPins,
  type ArduinoSettings,
  defaultArduinoPins,
  inputPins,
} from '../arduino-settings.ts';
import type { Lamp } from '../signals.ts';
import { simulatedFirmataBoard } from './firmata-board.ts';

/** What one sees of the turnstile. */
export interface TurnstileView {
  /** Whether somebody could walk through now, in either direction. */
  readonly unlocked: boolean;
  /** The direction that is free; both in an emergency. */
  readonly free: readonly Direction[];
  readonly lamps: Readonly<Record<Lamp, boolean>>;
  readonly buzzer: boolean;
  readonly emergency: boolean;
  /** People who passed since the start, with or without leave. */
  readonly passages: number;
  readonly connected: boolean;
}

/** An Arduino with a turnstile on its pins, at the far end of a wire. */
export interface SimulatedArduino {
  /** Resolves with the path to give to the driver. */
  start(): Promise<string>;
  stop(): Promise<void>;
  readonly state: TurnstileView;
  /** Pushes against the arm; `true` when the person got through. */
  walkThrough(direction: Direction): boolean;
  /** Gets through without leave: climbs over, or follows on somebody's heels. */
  force(direction: Direction): void;
  /** The fire alarm's loop: it frees the arms by wiring, and the board reads a copy. */
  pressFire(active: boolean): void;
  /** A relay that no longer follows its pin. */
  stickRelay(direction: Direction, stuck: boolean): void;
  /** A board that hears and answers nothing. */
  goSilent(silent: boolean): void;
  /** Pulls the plug; the driver may plug in again at once. */
  dropConnection(): void;
  /** A brown-out: the firmware starts anew while the wire stays open. */
  restartBoard(): void;
}

export interface SimulatedArduinoOptions {
  readonly path: string;
  readonly pins?: Partial<ArduinoPins>;
  readonly unlockLevel?: ArduinoSettings['unlockLevel'];
  readonly lampLevel?: ArduinoSettings['lampLevel'];
  readonly passageContact?: ArduinoSettings['passageContact'];
  readonly fireContact?: ArduinoSettings['fireContact'];
  /** The arm locks by itself after one rotation until the relay has dropped. */
  readonly relocks?: boolean;
  readonly restartsWhenOpened?: boolean;
  readonly clock?: HardwareClock;
  onChange?(state: TurnstileView): void;
}

/** How long the sensor's contact stays in its other position when somebody passes. */
const PASSAGE_MILLISECONDS = 100;

export function simulatedArduino(options: SimulatedArduinoOptions): SimulatedArduino {
  const clock = options.clock ?? systemClock;
  const pins: ArduinoPins = { ...defaultArduinoPins, ...options.pins };
  const unlockLevel = options.unlockLevel === 'low' ? 0 : 1;
  const lampLevel = options.lampLevel === 'low' ? 0 : 1;
  const passageContact = options.passageContact ?? 'no';
  const fireContact = options.fireContact ?? 'nc';
  const rotated = new Set<Direction>();
  const pulses = new Map<Direction, unknown>();
  let emergency = false;
  let passages = 0;
  let last = '';

  const board = simulatedFirmataBoard({
    path: options.path,
    restartsWhenOpened: options.restartsWhenOpened ?? true,
    onOutput: changed,
  });

  const relayPin = (direction: Direction) =>
    direction === 'entry' ? pins.relayEntry : pins.relayExit;
  const relayOn = (direction: Direction) => {
    const pin = relayPin(direction);
    return pin !== null && board.output(pin) === unlockLevel;
  };
  const lit = (pin: number | null) => pin !== null && board.output(pin) === lampLevel;

  function view(): TurnstileView {
    const free = (['entry', 'exit'] as const).filter(
      (direction) => emergency || (relayOn(direction) && !rotated.has(direction)),
    );
    return {
      unlocked: free.length > 0,
      free,
      lamps: { red: lit(pins.lampRed), green: lit(pins.lampGreen), white: lit(pins.lampWhite) },
      buzzer: lit(pins.buzzer),
      emergency,
      passages,
      connected: board.connections > 0,
    };
  }

  function changed(): void {
    for (const direction of rotated) if (!relayOn(direction)) rotated.delete(direction);
    const now = view();
    const text = JSON.stringify(now);
    if (text === last) return;
    last = text;
    options.onChange?.(now);
  }

  /** A closed contact pulls the pin to ground, an open one leaves it to the pull-up. */
  function contact(pin: number | null, kind: 'no' | 'nc', active: boolean): void {
    if (pin !== null) board.drive(pin, (kind === 'no') === active ? 0 : undefined);
  }

  function pass(direction: Direction): void {
    const pin = direction === 'entry' ? pins.passageEntry : pins.passageExit;
    passages += 1;
    contact(pin, passageContact, true);
    clock.clearTimeout(pulses.get(direction));
    const end = () => contact(pin, passageContact, false);
    pulses.set(direction, clock.setTimeout(end, PASSAGE_MILLISECONDS));
    changed();
  }

  function rest(): void {
    for (const { name, pin } of inputPins(pins)) {
      contact(pin, name === 'fire' ? fireContact : passageContact, false);
    }
  }

  rest();
  return {
    start: () => board.start(),
    async stop() {
      for (const timer of pulses.values()) clock.clearTimeout(timer);
      await board.stop();
    },
    get state() {
      return view();
    },
    walkThrough(direction) {
      if (!view().free.includes(direction)) return false;
      if (options.relocks ?? true) rotated.add(direction);
      pass(direction);
      return true;
    },
    force: pass,
    pressFire(active) {
      emergency = active;
      contact(pins.fire, fireContact, active);
      changed();
    },
    stickRelay(direction, stuck) {
      const pin = relayPin(direction);
      if (pin !== null) board.stick(pin, stuck);
    },
    goSilent(silent) {
      board.silent = silent;
    },
    dropConnection: () => board.drop(),
    restartBoard: () => board.restart(),
  };
}
