import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GatehouseError } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openLogFile } from './log-file.ts';
import { notesFile } from './notes.ts';
import { demoOptions } from './options.ts';
import { insidePorts } from './ports.ts';

const codeOf = (error: unknown) => (error instanceof GatehouseError ? error.code : String(error));

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-demo-'));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('notes begin empty, are kept, and are never guessed at when broken', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'demo.json');
    const notes = notesFile(file);
    assert.equal(await notes.read(), { seats: 0 });
    await notes.write({ seats: 7 });
    assert.is((await notes.read()).seats, 7);
    for (const text of ['{', '{"seats":"many"}', '']) {
      await writeFile(file, text);
      await notes.read().then(
        () => assert.unreachable(),
        (error) => assert.is(codeOf(error), 'demo-notes-broken'),
      );
    }
  });
});

test('inside ports stay the same from start to start', async () => {
  const first = await insidePorts(undefined, 'data');
  assert.is(new Set(Object.values(first)).size, 5);
  assert.equal(await insidePorts(first, 'data'), first);
});

test('a port taken meanwhile is replaced, but the cable’s cannot be', async () => {
  const first = await insidePorts(undefined, 'data');
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const other = await insidePorts({ ...first, cloud: port }, 'data');
  assert.is.not(other.cloud, port);
  assert.is(other.cable, first.cable);
  await insidePorts({ ...first, cable: port }, 'data').then(
    () => assert.unreachable(),
    (error) => assert.is(codeOf(error), 'demo-cable-taken'),
  );
  server.close();
});

test('a log keeps two files of its size and no more', async () => {
  await inFolder(async (folder) => {
    const path = join(folder, 'a.log');
    const log = openLogFile(path, 100);
    for (let line = 0; line < 50; line += 1) log.write(`line ${line} of the log\n`);
    log.write('x'.repeat(1_000));
    log.close();
    log.write('after the end');
    assert.ok((await stat(path)).size <= 100);
    assert.ok((await stat(`${path}.1`)).size <= 100);
    assert.not.match(await readFile(path, 'utf8'), /after/);
  });
});

test('options have defaults, and a wrong one is named', () => {
  assert.equal(demoOptions([]), {
    port: 8080,
    host: 'localhost',
    data: './data',
    language: 'en',
  });
  assert.is(demoOptions(['--port', '0', '--language', 'nl']).language, 'nl');
  for (const wrong of [['--port', '70000'], ['--port', 'x'], ['--language', 'fr'], ['--colour']]) {
    try {
      demoOptions(wrong);
      assert.unreachable();
    } catch (error) {
      assert.is(codeOf(error), 'demo-option-wrong');
    }
  }
});

test.run();
