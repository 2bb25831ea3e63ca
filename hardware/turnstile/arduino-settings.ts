import type { Direction } from '../devices.ts';
import type { Lamp } from './signals.ts';

/** Digital pin numbers of the board; `null` where nothing is connected. */
export interface ArduinoPins {
  readonly relayEntry: number | null;
  readonly relayExit: number | null;
  readonly lampRed: number | null;
  readonly lampGreen: number | null;
  readonly lampWhite: number | null;
  readonly buzzer: number | null;
  readonly passageEntry: number | null;
  readonly passageExit: number | null;
  readonly fire: number | null;
}

/** The wiring of docs/hardware.md for an Uno. Pins 0 and 1 are the serial line. */
export const defaultArduinoPins: ArduinoPins = {
  relayEntry: 7,
  relayExit: 8,
  lampRed: 5,
  lampGreen: 4,
  lampWhite: 6,
  buzzer: 9,
  passageEntry: 2,
  passageExit: 3,
  fire: 10,
};

/** `no`: closes (to ground) when it happens. `nc`: closed at rest, opens when it happens. */
export type Contact = 'no' | 'nc';

export interface ArduinoSettings {
  readonly path: string;
  readonly baud: number;
  readonly pins: ArduinoPins;
  /** The level of the relay pin that unlocks. */
  readonly unlockLevel: 'high' | 'low';
  /** The level that lights a lamp or sounds the buzzer. */
  readonly lampLevel: 'high' | 'low';
  readonly passageContact: Contact;
  readonly fireContact: Contact;
  /** Milliseconds after which a relay is dropped whatever was asked. */
  readonly maximumPulse: number;
}

/** An output or input of the turnstile and the pin it is on. */
export interface Wired<Name> {
  readonly name: Name;
  readonly pin: number;
}

function present<Name>(rows: readonly [Name, number | null][]): Wired<Name>[] {
  return rows.flatMap(([name, pin]) => (pin === null ? [] : [{ name, pin }]));
}

export const relayPins = (pins: ArduinoPins): Wired<Direction>[] =>
  present<Direction>([
    ['entry', pins.relayEntry],
    ['exit', pins.relayExit],
  ]);

export const lampPins = (pins: ArduinoPins): Wired<Lamp | 'buzzer'>[] =>
  present<Lamp | 'buzzer'>([
    ['red', pins.lampRed],
    ['green', pins.lampGreen],
    ['white', pins.lampWhite],
    ['buzzer', pins.buzzer],
  ]);

export const inputPins = (pins: ArduinoPins): Wired<Direction | 'fire'>[] =>
  present<Direction | 'fire'>([
    ['entry', pins.passageEntry],
    ['exit', pins.passageExit],
    ['fire', pins.fire],
  ]);

/** The bytes that force every output to its safe level: one digital message a port. */
export function safeBytes(settings: ArduinoSettings): Uint8Array {
  const ports = new Map<number, number>();
  const add = (pin: number, off: 0 | 1) => {
    ports.set(pin >> 3, (ports.get(pin >> 3) ?? 0) | (off << (pin & 7)));
  };
  for (const { pin } of relayPins(settings.pins)) add(pin, settings.unlockLevel === 'low' ? 1 : 0);
  for (const { pin } of lampPins(settings.pins)) add(pin, settings.lampLevel === 'low' ? 1 : 0);
  const bytes = [...ports].flatMap(([port, bits]) => [0x90 | port, bits & 0x7f, bits >> 7]);
  return Uint8Array.from(bytes);
}
