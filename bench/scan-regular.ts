import { join } from 'node:path';
import { benchFolder, fsyncTimes } from './disk.ts';
import { type Benchmark, percentile } from './figure.ts';
import { openLane } from './lane.ts';
import { startCloud } from './venue.ts';

const SCANS = 300;
/** What the target allows beside one and a half times the disk. */
const MARGIN_MS = 2;

/** Code to relay command for a regular ticket, with its durable row, against one fsync. */
export const scanRegular: Benchmark = {
  name: 'scan-regular',
  about: 'code to relay, regular ticket, against one fsync of the same disk',
  async run() {
    const folder = benchFolder();
    const cloud = await startCloud(folder.path);
    const dataDir = join(folder.path, 'gateway');
    const lane = await openLane(await cloud.enrol(dataDir), dataDir);
    const codes: string[] = [];
    for (let i = 0; i < SCANS; i++) {
      const path = `/performances/${cloud.regular}/tickets`;
      codes.push((await cloud.api<{ code: string }>('POST', path, {})).code);
    }
    await lane.until(({ tickets }) => tickets.count === SCANS);
    const times: number[] = [];
    const disk: number[] = [];
    for (const code of codes) {
      disk.push(...fsyncTimes(folder.path, 1));
      times.push(await lane.scan(code));
    }
    await lane.entrance.stop();
    await cloud.stop();
    folder.remove();
    const value = percentile(times, 0.99);
    const limit = { name: 'fsync p99', value: percentile(disk, 0.99), unit: 'ms' };
    const ratio = value / (1.5 * limit.value + MARGIN_MS);
    const target = `≤ 1.5 × + ${MARGIN_MS} ms`;
    return [
      {
        name: 'code to relay, regular, p99',
        value,
        unit: 'ms',
        limit,
        ratio,
        target,
        holds: ratio <= 1,
      },
    ];
  },
};
