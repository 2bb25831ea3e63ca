import type { Direction } from '../devices.ts';
import type { Lamp } from './signals.ts';

/** Pin numbers of a board or a Pi; `null` where nothing is connected. */
export interface TurnstilePins {
  readonly relayEntry: number | null;
  readonly relayExit: number | null;
  readonly lampRed: number | null;
  readonly lampGreen: number | null;
  readonly lampWhite: number | null;
  readonly buzzer: number | null;
  readonly passageEntry: number | null;
  readonly passageExit: number | null;
  readonly fire: number | null;
  /** A push-button in the cabinet: whoever holds it stands at the device. */
  readonly button: number | null;
}

/** `no`: closes when it happens. `nc`: closed at rest, opens when it happens. */
export type Contact = 'no' | 'nc';

/** What a contact tells of. */
export type InputName = Direction | 'fire' | 'button';

/** An output or input of the turnstile and the pin it is on. */
export interface Wired<Name> {
  readonly name: Name;
  readonly pin: number;
}

function present<Name>(rows: readonly [Name, number | null][]): Wired<Name>[] {
  return rows.flatMap(([name, pin]) => (pin === null ? [] : [{ name, pin }]));
}

export const relayPins = (pins: TurnstilePins): Wired<Direction>[] =>
  present<Direction>([
    ['entry', pins.relayEntry],
    ['exit', pins.relayExit],
  ]);

export const lampPins = (pins: TurnstilePins): Wired<Lamp | 'buzzer'>[] =>
  present<Lamp | 'buzzer'>([
    ['red', pins.lampRed],
    ['green', pins.lampGreen],
    ['white', pins.lampWhite],
    ['buzzer', pins.buzzer],
  ]);

export const inputPins = (pins: TurnstilePins): Wired<InputName>[] =>
  present<InputName>([
    ['entry', pins.passageEntry],
    ['exit', pins.passageExit],
    ['fire', pins.fire],
    ['button', pins.button],
  ]);

export const hasPassagePins = ({ passageEntry, passageExit }: TurnstilePins): boolean =>
  passageEntry !== null || passageExit !== null;

/** A button closes when it is pressed. */
export function contactOf(
  name: InputName,
  settings: { readonly passageContact: Contact; readonly fireContact: Contact },
): Contact {
  if (name === 'button') return 'no';
  return name === 'fire' ? settings.fireContact : settings.passageContact;
}
