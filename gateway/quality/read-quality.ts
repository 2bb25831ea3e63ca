import {
  type GatewayHealth,
  type Hint,
  LANES_READING_MAX,
  type LaneReading,
} from '@gatehouse/protocol';
import type { Clock, Timer } from '../clock.ts';
import { gatewayError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { FrameFigures, Reading } from '../reading/index.ts';
import { createLaneQuality, isPhantom } from './lane-quality.ts';
import { createMedian } from './median.ts';

/** Readings whose time is looked at. */
const TOOK_MAX = 50;
/** A hint is taken away when its camera has given no frame for so long. */
export const HINT_STALE_MS = 2_000;

/** How well codes are read here. */
export interface ReadQuality {
  /** A frame of the device with this number. */
  frame(device: number, figures: FrameFigures): void;
  read(device: number, reading: Reading): void;
  hint(device: number): Hint | undefined;
  view(laneOf: (device: number) => string): NonNullable<GatewayHealth['reading']>;
  stop(): void;
}

export interface ReadQualityOptions {
  /** How many lanes there are. */
  readonly devices: number;
  readonly clock: Clock;
  readonly log: Log;
  /** What the guest at a device is told has changed. */
  readonly onHint: (device: number) => void;
}

export function createReadQuality({
  devices,
  clock,
  log,
  onHint,
}: ReadQualityOptions): ReadQuality {
  const took = createMedian(TOOK_MAX);
  const shown: (Hint | undefined)[] = [];
  const stale: Timer[] = [];
  let reads = 0;
  let phantoms = 0;
  const lanes = Array.from({ length: devices }, (_, device) =>
    createLaneQuality((alarm, isRaised) => {
      const { code, message } = gatewayError(alarm);
      if (isRaised) log.warn({ code, device }, message);
      else log.info({ code, device }, 'the lens is well again');
    }),
  );

  function tell(device: number): void {
    const hint = lanes[device]?.hint;
    if (hint === shown[device]) return;
    shown[device] = hint;
    onHint(device);
  }

  /** A camera that is lost while a hint stands does not leave it there. */
  function expire(device: number): void {
    clock.clearTimeout(stale[device]);
    stale[device] = undefined;
    if (lanes[device]?.hint === undefined) return;
    stale[device] = clock.setTimeout(() => {
      lanes[device]?.forget();
      tell(device);
    }, HINT_STALE_MS);
  }

  return {
    frame(device, figures) {
      lanes[device]?.frame(figures, clock.mono());
      expire(device);
      tell(device);
    },
    read(device, reading) {
      reads += 1;
      if (isPhantom(reading)) phantoms += 1;
      took.add(reading.took);
      lanes[device]?.read(reading);
      expire(device);
      tell(device);
    },
    hint: (device) => lanes[device]?.hint,
    view(laneOf) {
      const told = lanes.flatMap((quality, device): LaneReading[] => {
        const view = quality.view();
        return view ? [{ lane: laneOf(device), ...view }] : [];
      });
      const { value } = took;
      return {
        ...{ reads, phantoms, took: value === undefined ? null : Math.round(value) },
        ...(told.length > 0 && { lanes: told.slice(0, LANES_READING_MAX) }),
      };
    },
    stop() {
      for (const timer of stale) clock.clearTimeout(timer);
    },
  };
}
