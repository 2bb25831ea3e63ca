import { systemClock } from '../../clock.ts';
import type { Direction, HardwareClock } from '../../devices.ts';
import { type Contact, contactOf, inputPins, type TurnstilePins } from '../pins.ts';
import type { Lamp } from '../signals.ts';

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

/** What a person does at a turnstile, and what breaks in it. */
export interface SimulatedTurnstile {
  readonly state: TurnstileView;
  /** Pushes against the arm; `true` when the person got through. */
  walkThrough(direction: Direction): boolean;
  /** Gets through without leave: climbs over, or follows on somebody's heels. */
  force(direction: Direction): void;
  /** The fire alarm's loop: it frees the arms by wiring, and the board reads a copy. */
  pressFire(active: boolean): void;
  /** The button in the cabinet. */
  press(down: boolean): void;
  /** A relay that no longer follows its pin. */
  stickRelay(direction: Direction, stuck: boolean): void;
}

/** The pins the turnstile hangs at. */
export interface PinBoard {
  /** Level of an output pin, `undefined` where the pin is no output. */
  output(pin: number): 0 | 1 | undefined;
  /** Level that the world puts on a pin; `undefined` leaves it to its pull. */
  drive(pin: number, level: 0 | 1 | undefined): void;
  stick(pin: number, stuck: boolean): void;
  readonly connections: number;
}

export interface TurnstileOnPinsOptions {
  readonly pins: TurnstilePins;
  readonly unlockLevel?: 'high' | 'low' | undefined;
  readonly lampLevel?: 'high' | 'low' | undefined;
  readonly passageContact?: Contact | undefined;
  readonly fireContact?: Contact | undefined;
  /** The level a closed contact puts on its pin. */
  readonly closedLevel?: 0 | 1 | undefined;
  /** The arm locks by itself after one rotation until the relay has dropped. */
  readonly relocks?: boolean | undefined;
  readonly clock?: HardwareClock | undefined;
  onChange?(state: TurnstileView): void;
}

/** How long the sensor's contact stays in its other position when somebody passes. */
const PASSAGE_MILLISECONDS = 100;

/** A turnstile with its relays, lamps and contacts wired to the pins of a board. */
export function turnstileOnPins(options: TurnstileOnPinsOptions, board: PinBoard) {
  const clock = options.clock ?? systemClock;
  const { pins } = options;
  const unlockLevel = options.unlockLevel === 'low' ? 0 : 1;
  const lampLevel = options.lampLevel === 'low' ? 0 : 1;
  const passageContact = options.passageContact ?? 'no';
  const fireContact = options.fireContact ?? 'nc';
  const rotated = new Set<Direction>();
  const pulses = new Map<Direction, unknown>();
  let emergency = false;
  let passages = 0;
  let last = '';

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

  /** A closed contact puts its level on the pin, an open one leaves it to the pull. */
  function contact(pin: number | null, kind: Contact, active: boolean): void {
    const level = (kind === 'no') === active ? (options.closedLevel ?? 0) : undefined;
    if (pin !== null) board.drive(pin, level);
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

  return {
    /** Puts every contact in its position of rest. */
    rest(): void {
      for (const { name, pin } of inputPins(pins)) {
        contact(pin, contactOf(name, { passageContact, fireContact }), false);
      }
    },
    /** An output changed. */
    changed,
    stop(): void {
      for (const timer of pulses.values()) clock.clearTimeout(timer);
    },
    view,
    walkThrough(direction: Direction): boolean {
      if (!view().free.includes(direction)) return false;
      if (options.relocks ?? true) rotated.add(direction);
      pass(direction);
      return true;
    },
    force: pass,
    pressFire(active: boolean): void {
      emergency = active;
      contact(pins.fire, fireContact, active);
      changed();
    },
    press(down: boolean): void {
      contact(pins.button, 'no', down);
    },
    stickRelay(direction: Direction, stuck: boolean): void {
      const pin = relayPin(direction);
      if (pin !== null) board.stick(pin, stuck);
    },
  };
}
