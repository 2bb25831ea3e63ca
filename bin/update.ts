import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { askStatus, readConfig } from '@gatehouse/gateway';
import {
  alone,
  createReleases,
  RunningStatus,
  rollBack,
  signRelease,
  type UpdateParts,
  update,
} from '@gatehouse/provisioning/pi';

const run = promisify(execFile);
const SERVICE = 'gatehouse-gateway.service';

/** Where a machine keeps its releases, and how its gateway is reached. */
export interface UpdateOptions {
  readonly home: string;
  readonly config: string;
  /** Public key that releases are signed with, PEM. */
  readonly key: string;
}

/** Brings a release in (folder or .tar.gz), tries it, keeps it or takes it back. */
export function updateTo(path: string, options: UpdateOptions): Promise<string> {
  const work = async () => update({ path, keyFile: options.key }, await machine(options));
  return alone(join(options.home, 'update.lock'), work);
}

/** Goes back to the release that ran before. */
export function backToPrevious(options: UpdateOptions): Promise<string> {
  const work = async () => rollBack(await machine(options));
  return alone(join(options.home, 'update.lock'), work);
}

/** Signs a folder as a release: version from its package.json, key as a PEM file. */
export async function signFolder(folder: string, keyFile: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const key = await readFile(keyFile, 'utf8');
  await signRelease(folder, { version, made: new Date().toISOString(), key });
  return version;
}

async function machine({ home, config }: UpdateOptions): Promise<UpdateParts> {
  const gateway = await readConfig(config);
  return {
    releases: createReleases(home),
    async status() {
      const status = RunningStatus.safeParse(await askStatus(gateway));
      return status.success ? status.data : undefined;
    },
    async restart() {
      await run('systemctl', ['restart', '--no-block', SERVICE]);
    },
    clock: { now: () => performance.now(), wait: (milliseconds) => wait(milliseconds) },
    onStep: (step) => process.stdout.write(`${step}\n`),
  };
}
