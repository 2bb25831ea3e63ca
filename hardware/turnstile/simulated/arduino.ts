import type { HardwareClock } from '../../devices.ts';
import { type ArduinoSettings, defaultArduinoPins } from '../arduino-settings.ts';
import type { TurnstilePins } from '../pins.ts';
import { simulatedFirmataBoard } from './firmata-board.ts';
import {
  type SimulatedTurnstile,
  type TurnstileView,
  turnstileOnPins,
} from './turnstile-on-pins.ts';

/** An Arduino with a turnstile on its pins, at the far end of a wire. */
export interface SimulatedArduino extends SimulatedTurnstile {
  /** Resolves with the path to give to the driver. */
  start(): Promise<string>;
  stop(): Promise<void>;
  /** A board that hears and answers nothing. */
  goSilent(silent: boolean): void;
  /** Pulls the plug; the driver may plug in again at once. */
  dropConnection(): void;
  /** A brown-out: the firmware starts anew while the wire stays open. */
  restartBoard(): void;
}

export interface SimulatedArduinoOptions {
  readonly path: string;
  readonly pins?: Partial<TurnstilePins>;
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

export function simulatedArduino(options: SimulatedArduinoOptions): SimulatedArduino {
  const board = simulatedFirmataBoard({
    path: options.path,
    restartsWhenOpened: options.restartsWhenOpened ?? true,
    onOutput: () => turnstile.changed(),
  });
  const pins = { ...defaultArduinoPins, ...options.pins };
  const turnstile = turnstileOnPins({ ...options, pins }, board);
  turnstile.rest();
  return {
    start: () => board.start(),
    async stop() {
      turnstile.stop();
      await board.stop();
    },
    get state() {
      return turnstile.view();
    },
    walkThrough: turnstile.walkThrough,
    force: turnstile.force,
    pressFire: turnstile.pressFire,
    press: turnstile.press,
    stickRelay: turnstile.stickRelay,
    goSilent(silent) {
      board.silent = silent;
    },
    dropConnection: () => board.drop(),
    restartBoard: () => board.restart(),
  };
}
