import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lockDataFolder } from './data-folder.ts';

const MODULE = fileURLToPath(new URL('./data-folder.ts', import.meta.url));
let dir: string;

test.before.each(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-lock-'));
});
test.after.each(() => rm(dir, { recursive: true, force: true }));

const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (fault) {
    return (fault as { code: string }).code;
  }
  return 'none';
};

test('a data folder is one cloud’s until it lets go', () => {
  const first = lockDataFolder(dir);
  assert.is(
    codeOf(() => lockDataFolder(dir)),
    'data-folder-in-use',
  );
  first.release();
  lockDataFolder(dir).release();
});

test('another process holds it, and kill -9 frees it at once', async () => {
  const script = `import { lockDataFolder } from ${JSON.stringify(MODULE)};
    lockDataFolder(${JSON.stringify(dir)}); console.log('locked'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  assert.is(
    codeOf(() => lockDataFolder(dir)),
    'data-folder-in-use',
  );
  child.kill('SIGKILL');
  await once(child, 'exit');
  lockDataFolder(dir).release();
});

test.run();
