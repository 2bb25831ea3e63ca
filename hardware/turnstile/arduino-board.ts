import type { Firmata } from 'firmata-io';
import five from 'johnny-five';
import type { Direction } from '../devices.ts';
import { HardwareError } from '../errors.ts';
import type { ArduinoSettings } from './arduino-settings.ts';
import { contactOf, type InputName, inputPins, lampPins, relayPins } from './pins.ts';
import type { Lamp } from './signals.ts';

/** The board's outputs and inputs as johnny-five components. */
export interface ArduinoBoard {
  relay(direction: Direction, unlocked: boolean): void;
  lamp(lamp: Lamp | 'buzzer', on: boolean): void;
  /**
   * Sets every pin's mode and forces all outputs to their safe level. johnny-five drives nothing
   * when it makes a component, and a board that comes back has forgotten all.
   */
  configure(): void;
}

export interface ArduinoInputs {
  onInput(name: InputName, active: boolean): void;
}

/** johnny-five's own limit for a step that is already done when it begins. */
const READY_MILLISECONDS = 10_000;
const OUTPUT = 0x01;
const PULLUP = 0x0b;

/** Throws `turnstile-pin-unusable` when the board lacks a pin or the pin cannot do its work. */
export function checkPins(io: Firmata, settings: ArduinoSettings): void {
  const check = (pin: number, mode: number) => {
    if (io.pins[pin]?.supportedModes.includes(mode)) return;
    throw new HardwareError('turnstile-pin-unusable', `pin ${pin}`);
  };
  for (const { pin } of [...relayPins(settings.pins), ...lampPins(settings.pins)]) {
    check(pin, OUTPUT);
  }
  for (const { pin } of inputPins(settings.pins)) check(pin, PULLUP);
}

/** Makes the components once the board has told its pins. */
export async function arduinoBoard(
  io: Firmata,
  settings: ArduinoSettings,
  inputs: ArduinoInputs,
): Promise<ArduinoBoard> {
  const board = new five.Board({
    io,
    id: settings.path,
    repl: false,
    debug: false,
    sigint: false,
    timeout: READY_MILLISECONDS,
  });
  await new Promise<void>((resolve, reject) => {
    board.once('ready', () => resolve());
    board.once('error', reject);
  });

  // every output is a Relay: a Led takes PWM where the pin has it, and a digital "off" is then lost
  const output = (pin: number, level: 'high' | 'low') =>
    new five.Relay({ pin, board, type: level === 'high' ? 'NO' : 'NC' });
  const { pins } = settings;
  const relays = relayPins(pins).map(({ name, pin }) => ({
    name,
    pin,
    output: output(pin, settings.unlockLevel),
  }));
  const lamps = lampPins(pins).map(({ name, pin }) => ({
    name,
    pin,
    output: output(pin, settings.lampLevel),
  }));
  for (const { name, pin } of inputPins(pins)) {
    const contact = contactOf(name, settings);
    // not johnny-five's Switch: its debounce swallows a passage whose two edges come at once
    io.on(`digital-read-${pin}`, (level: 0 | 1) => {
      inputs.onInput(name, (level === 0) === (contact === 'no'));
    });
  }

  return {
    relay(direction, unlocked) {
      const found = relays.find(({ name }) => name === direction)?.output;
      if (unlocked) found?.close();
      else found?.open();
    },
    lamp(lamp, on) {
      const found = lamps.find(({ name }) => name === lamp)?.output;
      if (on) found?.close();
      else found?.open();
    },
    configure() {
      for (const each of [...relays, ...lamps]) {
        io.pinMode(each.pin, io.MODES.OUTPUT);
        each.output.open();
      }
      for (const { pin } of inputPins(pins)) {
        // not INPUT with a high level, as johnny-five's Switch leaves it: in older firmware a write
        // to an output of the same port takes such a pull-up away while the contact is closed
        io.pinMode(pin, io.MODES.PULLUP);
        io.reportDigitalPin(pin, 1);
      }
    },
  };
}
