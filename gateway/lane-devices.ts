import {
  type DeviceParts,
  type Health,
  type LaneHardware,
  openCamera,
  openScanner,
  openTurnstile,
  type Scanner,
  type Turnstile,
  type TurnstileListener,
} from '@gatehouse/hardware';
import { canonical, symbologyOfAim } from '@gatehouse/protocol';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import {
  type CameraReader,
  createCameraReader,
  type Decoder,
  type FrameFigures,
  type Picture,
  type Reading,
  type Wanted,
} from './reading/index.ts';

/** What hangs at one lane: its readers, started before its turnstile knows what to do. */
export interface LaneDevices {
  readonly turnstile: Turnstile;
  /**
   * Starts camera and scanners and waits for none: one that is not there is looked for on and
   * on, and the others read meanwhile.
   */
  start(onReading: (reading: Reading) => void, onFigures?: (figures: FrameFigures) => void): void;
  stop(): Promise<void>;
}

/** Devices whose state a technician can look at. */
export interface WatchedDevices extends LaneDevices {
  /** Its cameras, then its scanners, as they are now. */
  readers(): ReaderView[];
  /** The newest picture of a camera by its number; undefined before the first. */
  picture(camera: number): Promise<Picture | undefined>;
}

export interface ReaderView {
  readonly kind: 'camera' | 'scanner';
  readonly name: string;
  readonly ok: boolean;
  readonly code?: string | undefined;
  readonly frames?: number | undefined;
  readonly dropped?: number | undefined;
}

export interface LaneDevicesOptions {
  readonly hardware: LaneHardware;
  readonly decoder: Decoder;
  /** What its cameras look for; what most tickets carry, if left out. */
  readonly wanted?: Wanted | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** The button in the cabinet is pressed, or let go. */
  readonly onButton?: ((pressed: boolean) => void) | undefined;
}

/** Hears the button too. A board that is lost is no hand that goes on holding it. */
export function withButton(
  told: TurnstileListener,
  onButton: (pressed: boolean) => void,
): TurnstileListener {
  return {
    ...told,
    onButton,
    onHealth(now) {
      if (!now.ok) onButton(false);
      told.onHealth?.(now);
    },
  };
}

export function createLaneDevices({
  hardware,
  decoder,
  wanted,
  clock,
  log,
  onButton = () => undefined,
}: LaneDevicesOptions): WatchedDevices {
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
    cameras.push(createCameraReader({ camera, decoder, wanted, clock, log }));
  }
  const scanners: Scanner[] = hardware.scanners.map((settings) => openScanner(settings, parts));
  const health: Health[] = [];
  /** What the reader with this number says of itself. */
  function healthOf(n: number) {
    return (now: Health) => {
      health[n] = now;
      if (!now.ok) log.warn({ code: now.code }, 'a reader of the lane is not in order');
    };
  }

  function scanned(onReading: (reading: Reading) => void, reader: number) {
    return ({ text, aim, at }: { text: string; aim?: string; at: number }) => {
      const symbology = (aim === undefined ? undefined : symbologyOfAim(aim)) ?? 'unknown';
      const code = canonical(text, symbology);
      const took = clock.mono() - at;
      onReading({ code, raw: text, symbology, source: 'scanner', at, took, reader });
    };
  }

  /** A reader that can't start keeps trying by itself; the lane goes on with the others. */
  function go(started: Promise<void>): void {
    started.catch((error: Error) => log.warn({ fault: error.message }, 'reader not started'));
  }

  const turnstile = openTurnstile(hardware.turnstile, parts);
  return {
    turnstile: { ...turnstile, start: (told) => turnstile.start(withButton(told, onButton)) },
    start(onReading, onFigures = () => undefined) {
      for (const [n, camera] of cameras.entries()) {
        const read = (reading: Reading) => onReading({ ...reading, reader: n });
        go(camera.start({ onReading: read, onHealth: healthOf(n), onFigures }));
      }
      for (const [n, scanner] of scanners.entries()) {
        const reader = cameras.length + n;
        const onText = scanned(onReading, reader);
        go(scanner.start({ onText, onHealth: healthOf(reader) }));
      }
    },
    readers() {
      const state = (n: number) => ({ ok: health[n]?.ok ?? false, code: health[n]?.code });
      const seen = cameras.map(({ counts, picture }, n) => {
        const { code, ok } = state(n);
        const isSeen = ok || (code === undefined && picture() !== undefined);
        return { kind: 'camera' as const, name: `camera ${n + 1}`, code, ...counts, ok: isSeen };
      });
      const heard = scanners.map((_, n) => {
        const name = hardware.scanners[n]?.path ?? '';
        return { kind: 'scanner' as const, name, ...state(cameras.length + n) };
      });
      return [...seen, ...heard];
    },
    picture: async (n) => cameras[n]?.picture(),
    async stop() {
      await Promise.all([...cameras, ...scanners].map((device) => device.stop()));
    },
  };
}
