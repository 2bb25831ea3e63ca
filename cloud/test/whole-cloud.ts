import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cloud, type CloudOptions, createCloud } from '../cloud.ts';
import { type Api, adminApi } from './api.ts';
import { type KeptLog, keptLog, type MovableClock, movableClock } from './house.ts';

/** The whole cloud on free ports, in this process. */
export interface WholeCloud {
  readonly dir: string;
  readonly cloud: Cloud;
  readonly api: Api;
  readonly log: KeptLog;
  readonly clock: MovableClock;
  stop(): Promise<void>;
}

/** @param more options beside those of a test */
export async function startCloud(more: Partial<CloudOptions> = {}): Promise<WholeCloud> {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-cloud-'));
  const dataDir = join(dir, 'data');
  const log = keptLog();
  const clock = movableClock();
  const cloud = createCloud({
    dataDir,
    host: '127.0.0.1',
    httpPort: 0,
    enrolPort: 0,
    mqttPort: 0,
    clock,
    random: randomBytes,
    log,
    ...more,
  });
  await cloud.start();
  const api = await adminApi(`http://127.0.0.1:${cloud.ports().http}`, dataDir);
  return {
    dir,
    cloud,
    api,
    log,
    clock,
    async stop() {
      await cloud.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
