import { readFile } from 'node:fs/promises';
import type { Clock, Timer } from '../clock.ts';

const LOOK_MS = 30_000;
const FILE = '/sys/class/thermal/thermal_zone0/temp';

/** How warm the processor is, °C; `undefined` where the machine does not say. */
export interface Thermometer {
  start(): void;
  stop(): void;
  readonly celsius: number | undefined;
}

export function createThermometer(clock: Clock, file = FILE): Thermometer {
  let celsius: number | undefined;
  let timer: Timer;
  async function look(): Promise<void> {
    const text = await readFile(file, 'utf8').catch(() => '');
    celsius = /^\d+\s*$/.test(text) ? Number(text) / 1000 : undefined;
  }
  function plan(): void {
    void look();
    timer = clock.setTimeout(plan, LOOK_MS);
  }
  return {
    start: plan,
    stop: () => clock.clearTimeout(timer),
    get celsius() {
      return celsius;
    },
  };
}
