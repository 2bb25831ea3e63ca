import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '@gatehouse/cloud/parts';
import { EVENING } from './world.ts';

/** Name of the cloud's database in the folder of an evening. */
export const CLOUD_FILE = 'cloud.db';

let made: Promise<Buffer> | undefined;

/** The cloud's database with all its tables and nothing in them: made once for all evenings. */
export function freshCloud(): Promise<Buffer> {
  made ??= make();
  return made;
}

async function make(): Promise<Buffer> {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-simulation-'));
  const file = join(dir, CLOUD_FILE);
  const clock = {
    ...{ now: () => EVENING, monotonic: () => 0 },
    ...{ setTimeout: () => undefined, clearTimeout: () => undefined },
  };
  try {
    await (await openStore(file, clock)).stop();
    return readFileSync(file);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
