import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A folder on the disk that is measured: beside the checkout, not in memory. */
export function benchFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(import.meta.dirname, '..', 'bench-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Milliseconds of each append of 4 KiB with its fsync: what one durable row can cost at best. */
export function fsyncTimes(folder: string, count: number): number[] {
  const file = openSync(join(folder, 'fsync'), 'a');
  const block = Buffer.alloc(4096, 1);
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const began = performance.now();
    writeSync(file, block);
    fsyncSync(file);
    times.push(performance.now() - began);
  }
  closeSync(file);
  return times;
}
