import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GatehouseError } from '@gatehouse/protocol';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Disk, removeDurably, systemDisk, writeDurably } from './durable-file.ts';

const test = suite<{ folder: string }>('durable files');

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'gatehouse-'));
});
test.after.each(async ({ folder }) => {
  await rm(folder, { recursive: true });
});

test('a file is written whole, in a folder made for it, for its owner only', async ({ folder }) => {
  const path = join(folder, 'made', 'secret.json');
  await writeDurably(path, 'one');
  await writeDurably(path, 'two');
  assert.is(await readFile(path, 'utf8'), 'two');
  assert.is((await stat(path)).mode & 0o777, 0o600);
  assert.is((await stat(join(folder, 'made'))).mode & 0o777, 0o700);
  assert.equal(await readdir(join(folder, 'made')), ['secret.json']);
});

test('a file left by a crash with open rights does not lend them to a secret', async ({
  folder,
}) => {
  const beside = join(folder, '.secret.json.new');
  await writeFile(beside, 'left over');
  await chmod(beside, 0o666);
  await writeDurably(join(folder, 'secret.json'), 'secret');
  assert.is((await stat(join(folder, 'secret.json'))).mode & 0o777, 0o600);
});

test('the order is write and flush, rename, flush the folder', async ({ folder }) => {
  const calls: string[] = [];
  const said = (name: string) => async (path: string) => {
    calls.push(`${name} ${path.slice(folder.length)}`);
  };
  const disk: Disk = {
    makeFolder: said('makeFolder'),
    writeAndSync: said('writeAndSync'),
    rename: said('rename'),
    remove: said('remove'),
    syncFolder: said('syncFolder'),
  };
  await writeDurably(join(folder, 'a'), 'text', { disk });
  await removeDurably(join(folder, 'a'), disk);
  assert.equal(calls, [
    'makeFolder ',
    'writeAndSync /.a.new',
    'rename /.a.new',
    'syncFolder ',
    'remove /a',
    'syncFolder ',
  ]);
});

test('a full disk leaves the old file and says so', async ({ folder }) => {
  const path = join(folder, 'settings');
  await writeDurably(path, 'old');
  const full: Disk = {
    ...systemDisk,
    writeAndSync: async (beside) => {
      await writeFile(beside, 'ha');
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    },
  };
  try {
    await writeDurably(path, 'new', { disk: full });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, GatehouseError);
    assert.is((error as GatehouseError).code, 'disk-failed');
    assert.is((error as GatehouseError).details.reason, 'ENOSPC');
  }
  assert.is(await readFile(path, 'utf8'), 'old');
});

test('a real refusal of the disk has its code too', async ({ folder }) => {
  await mkdir(join(folder, 'a-folder', 'inside'), { recursive: true });
  try {
    await writeDurably(join(folder, 'a-folder'), 'text');
    assert.unreachable();
  } catch (error) {
    assert.is((error as GatehouseError).code, 'disk-failed');
  }
});

test.run();
