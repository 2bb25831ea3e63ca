import {
  type DeviceParts,
  type Health,
  type LaneHardware,
  openCamera,
  openScanner,
  openTurnstile,
  type Scanner,
  type Turnstile,
} from '@gatehouse/hardware';
import { canonical, symbologyOfAim } from '@gatehouse/protocol';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import {
  type CameraReader,
  createCameraReader,
  type Decoder,
  type Reading,
} from './reading/index.ts';

/** What hangs at one lane: its readers, started before its turnstile knows what to do. */
export interface LaneDevices {
  readonly turnstile: Turnstile;
  /**
   * Starts camera and scanners and waits for none: one that is not there is looked for on and
   * on, and the others read meanwhile.
   */
  start(onReading: (reading: Reading) => void): void;
  stop(): Promise<void>;
}

export interface LaneDevicesOptions {
  readonly hardware: LaneHardware;
  readonly decoder: Decoder;
  readonly clock: Clock;
  readonly log: Log;
}

export function createLaneDevices({
  hardware,
  decoder,
  clock,
  log,
}: LaneDevicesOptions): LaneDevices {
  const parts: DeviceParts = {
    log,
    clock: {
      now: () => clock.mono(),
      setTimeout: (run, milliseconds) => clock.setTimeout(run, milliseconds),
      clearTimeout: (timer) => clock.clearTimeout(timer),
    },
  };
  const cameras: CameraReader[] = [];
  if (hardware.camera) {
    const camera = openCamera(hardware.camera, parts);
    cameras.push(createCameraReader({ camera, decoder, clock, log }));
  }
  const scanners: Scanner[] = hardware.scanners.map((settings) => openScanner(settings, parts));
  const onHealth = ({ ok, code }: Health) => {
    if (!ok) log.warn({ code }, 'a reader of the lane is not in order');
  };

  function scanned(onReading: (reading: Reading) => void) {
    return ({ text, aim, at }: { text: string; aim?: string; at: number }) => {
      const symbology = (aim === undefined ? undefined : symbologyOfAim(aim)) ?? 'unknown';
      const code = canonical(text, symbology);
      onReading({ code, raw: text, symbology, source: 'scanner', at, took: clock.mono() - at });
    };
  }

  /** A reader that can't start keeps trying by itself; the lane goes on with the others. */
  function go(started: Promise<void>): void {
    started.catch((error: Error) => log.warn({ fault: error.message }, 'reader not started'));
  }

  return {
    turnstile: openTurnstile(hardware.turnstile, parts),
    start(onReading) {
      for (const camera of cameras) go(camera.start({ onReading, onHealth }));
      for (const scanner of scanners) go(scanner.start({ onText: scanned(onReading), onHealth }));
    },
    async stop() {
      await Promise.all([...cameras, ...scanners].map((device) => device.stop()));
    },
  };
}
