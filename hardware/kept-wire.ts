import type { HardwareClock } from './devices.ts';
import { HardwareError } from './errors.ts';
import { openWire, type SerialSettings, type Wire } from './wire.ts';

/** Milliseconds before a lost device is looked for again; doubled up to the last each time. */
export const FIRST_RETRY_MILLISECONDS = 250;
export const LAST_RETRY_MILLISECONDS = 10_000;

/** The next pause of a back-off that doubles between the two written limits. */
export function nextRetry(previous: number | undefined): number {
  if (previous === undefined) return FIRST_RETRY_MILLISECONDS;
  return Math.min(previous * 2, LAST_RETRY_MILLISECONDS);
}

export interface KeptWireParts {
  readonly path: string;
  readonly serial: SerialSettings;
  readonly clock: HardwareClock;
  onOpen(wire: Wire): void;
  onData(bytes: Uint8Array): void;
  /** Missing at open, or lost. It is looked for again without being asked. */
  onLost(error: HardwareError): void;
}

/** A wire that is opened again whenever it is lost, for as long as it is kept. */
export interface KeptWire {
  start(): void;
  stop(): Promise<void>;
  /** The device behind the wire answered: the back-off begins anew after the next loss. */
  answered(): void;
  /** Gives this connection up (a silent device) and opens another after the back-off. */
  drop(error: HardwareError): void;
  readonly wire: Wire | undefined;
}

/** Keeps one wire open. A device may stay away for hours, so the number of tries has no limit. */
export function keepWire(parts: KeptWireParts): KeptWire {
  const { clock } = parts;
  let wire: Wire | undefined;
  let running = false;
  let timer: unknown;
  let pause: number | undefined;
  let opening: Promise<void> = Promise.resolve();
  let attempt = 0;

  function later(error: HardwareError): void {
    wire = undefined;
    if (!running) return;
    pause = nextRetry(pause);
    timer = clock.setTimeout(open, pause);
    parts.onLost(error);
  }

  function open(): void {
    opening = tryOpen();
  }

  async function tryOpen(): Promise<void> {
    attempt += 1;
    const mine = attempt;
    let lost: HardwareError | undefined;
    try {
      const ends = {
        onData(bytes: Uint8Array) {
          if (running && mine === attempt) parts.onData(bytes);
        },
        onClose(error: HardwareError) {
          if (mine !== attempt) return;
          if (wire) later(error);
          else lost = error;
        },
      };
      const opened = await openWire(parts.path, parts.serial, ends, clock);
      if (!running) return await opened.close();
      // Closed again before it was ours: a dead wire would be kept until the device is given up.
      if (lost) return later(lost);
      wire = opened;
      parts.onOpen(opened);
    } catch (error) {
      if (!(error instanceof HardwareError)) throw error;
      later(error);
    }
  }

  return {
    get wire() {
      return wire;
    },
    start() {
      if (running) return;
      running = true;
      open();
    },
    async stop() {
      running = false;
      clock.clearTimeout(timer);
      await opening;
      const last = wire;
      wire = undefined;
      await last?.close();
    },
    answered() {
      pause = undefined;
    },
    drop(error) {
      const dropped = wire;
      if (!dropped) return;
      wire = undefined;
      attempt += 1;
      void dropped.close();
      later(error);
    },
  };
}
