import { type GatewayHealth, kindOf } from '@gatehouse/protocol';
import type { Clock } from '../clock.ts';
import type { WatchedDevices } from '../lane-devices.ts';
import type { Reading } from '../reading/index.ts';
import type { LaneView } from '../web/events.ts';
import type { Reader, ReadLogEntry } from './api.ts';
import { pngOf } from './png.ts';

/** Readings that the technician's page shows. */
const READS_MAX = 100;

/** What the readers of this machine did lately; never the text of a code. */
export function createReaders(options: {
  readonly devices: readonly WatchedDevices[];
  readonly clock: Clock;
  readonly lanes: () => readonly LaneView[];
  /** How well each lane with a camera reads. */
  readonly quality: () => NonNullable<GatewayHealth['reading']>['lanes'];
}) {
  const { devices, clock, lanes, quality } = options;
  const reads: ReadLogEntry[] = [];
  const laneOf = (device: number) => lanes()[device]?.lane ?? `device-${device + 1}`;

  function note(lane: number, reading: Reading): ReadLogEntry {
    const { code, symbology, source, took, corners, reader: device = 0 } = reading;
    const kind = kindOf(code);
    const read: ReadLogEntry = {
      ...{ at: Math.round(clock.wall()), lane: laneOf(lane), device, source, symbology },
      ...{ length: code.length, took: Math.round(took), kind },
      ...(corners && { corners }),
    };
    reads.unshift(read);
    if (reads.length > READS_MAX) reads.pop();
    return read;
  }

  function readers(): Reader[] {
    const told = quality();
    return devices.flatMap((lane, n) =>
      lane.readers().map((one, device) => {
        const own = reads.filter((read) => read.lane === laneOf(n) && read.device === device);
        const figures = told?.find((each) => one.kind === 'camera' && each.lane === laneOf(n));
        const counted = { reads: own.length, took: own[0]?.took };
        return { ...one, lane: laneOf(n), device, ...counted, ...(figures && { figures }) };
      }),
    );
  }

  return {
    note,
    reads: () => reads,
    readers,
    async picture(lane: string, device: number): Promise<Buffer | undefined> {
      const n = devices.findIndex((_, i) => laneOf(i) === lane);
      const frame = await devices[n]?.picture(device);
      return frame && pngOf(frame);
    },
  };
}
