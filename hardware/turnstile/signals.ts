import type { HardwareClock, Signal } from '../devices.ts';

export type Lamp = 'red' | 'green' | 'white';

interface Look {
  readonly lamps: readonly Lamp[];
  /** Milliseconds on and off in turn; steady when left out. */
  readonly blink?: number;
  /** Milliseconds for which the buzzer sounds once. */
  readonly buzz?: number;
}

/** What lamps and buzzer do for each signal. */
export const looks: Readonly<Record<Signal, Look>> = {
  idle: { lamps: ['white'] },
  read: { lamps: ['white'], buzz: 60 },
  wait: { lamps: ['white'], blink: 300 },
  go: { lamps: ['green'], buzz: 120 },
  stop: { lamps: ['red'], buzz: 600 },
  closed: { lamps: ['red'] },
  emergency: { lamps: ['green', 'white'], blink: 500 },
};

/** Where a look is shown; set to dark and silent first. */
export interface SignalOutputs {
  lamp(lamp: Lamp, on: boolean): void;
  buzzer(on: boolean): void;
}

export interface SignalShow {
  show(signal: Signal): void;
  /** Lamps dark, buzzer silent, nothing blinks any more. */
  dark(): void;
}

const LAMPS: readonly Lamp[] = ['red', 'green', 'white'];

/** Shows one signal at a time; a new one takes the place of the old at once. */
export function signalShow(outputs: SignalOutputs, clock: HardwareClock): SignalShow {
  let blinking: unknown;
  let buzzing: unknown;

  function lampsOn(lamps: readonly Lamp[]): void {
    for (const lamp of LAMPS) outputs.lamp(lamp, lamps.includes(lamp));
  }

  function quiet(): void {
    clock.clearTimeout(blinking);
    clock.clearTimeout(buzzing);
    outputs.buzzer(false);
  }

  return {
    show(signal) {
      const look = looks[signal];
      quiet();
      lampsOn(look.lamps);
      if (look.blink !== undefined) {
        const every = look.blink;
        let on = true;
        const turn = () => {
          on = !on;
          lampsOn(on ? look.lamps : []);
          blinking = clock.setTimeout(turn, every);
        };
        blinking = clock.setTimeout(turn, every);
      }
      if (look.buzz !== undefined) {
        outputs.buzzer(true);
        buzzing = clock.setTimeout(() => outputs.buzzer(false), look.buzz);
      }
    },
    dark() {
      quiet();
      lampsOn([]);
    },
  };
}
