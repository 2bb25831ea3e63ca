/** A device whose power goes at a step of its claim: `claim-and-die.ts STEP|torn STEP DIR CODE`. */
import { writeFile } from 'node:fs/promises';
import { type Disk, systemDisk } from '../durable-file.ts';
import { openPinnedLink } from '../enrol-link.ts';
import { claimEntrance } from '../enrolment.ts';

const [how, at, dataDir, configText] = process.argv.slice(2) as [string, string, string, string];
let step = 0;

/** Does one step of the claim, unless the power goes just before it. */
async function next<T>(work: () => Promise<T>, tear?: () => Promise<void>): Promise<T> {
  if (step++ === Number(at)) {
    if (how === 'torn') await tear?.();
    process.kill(process.pid, 'SIGKILL');
  }
  return work();
}

const disk: Disk = {
  makeFolder: (path) => next(() => systemDisk.makeFolder(path)),
  writeAndSync: (path, data, mode) =>
    next(
      () => systemDisk.writeAndSync(path, data, mode),
      () => writeFile(path, data.slice(0, 40)),
    ),
  rename: (from, to) => next(() => systemDisk.rename(from, to)),
  remove: (path) => next(() => systemDisk.remove(path)),
  syncFolder: (path) => next(() => systemDisk.syncFolder(path)),
};

await claimEntrance({
  configText,
  dataDir,
  clock: { now: () => 0 },
  hardware: 'test',
  software: '0.1.0',
  disk,
  openLink: async (config) => {
    const link = await next(() => openPinnedLink(config));
    return {
      root: link.root,
      get: (path) => next(() => link.get(path)),
      post: (path, body) => next(() => link.post(path, body)),
    };
  },
});
await next(async () => {});
process.stdout.write(`${step}\n`);
