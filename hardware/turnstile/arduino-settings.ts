import { type Contact, lampPins, relayPins, type TurnstilePins } from './pins.ts';

/** The wiring of docs/hardware.md for an Uno. Pins 0 and 1 are the serial line. */
export const defaultArduinoPins: TurnstilePins = {
  relayEntry: 7,
  relayExit: 8,
  lampRed: 5,
  lampGreen: 4,
  lampWhite: 6,
  buzzer: 9,
  passageEntry: 2,
  passageExit: 3,
  fire: 10,
  button: null,
};

export interface ArduinoSettings {
  readonly path: string;
  readonly baud: number;
  readonly pins: TurnstilePins;
  /** The level of the relay pin that unlocks. */
  readonly unlockLevel: 'high' | 'low';
  /** The level that lights a lamp or sounds the buzzer. */
  readonly lampLevel: 'high' | 'low';
  readonly passageContact: Contact;
  readonly fireContact: Contact;
  /** Milliseconds after which a relay is dropped whatever was asked. */
  readonly maximumPulse: number;
}

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
