import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { GatehouseError } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../ports.ts';
import { fillUp } from '../test/failing-store.ts';
import { openStore } from './store.ts';

let dir: string;
test.before.each(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-store-'));
});
test.after.each(() => rm(dir, { recursive: true, force: true }));

const open = () => openStore(join(dir, 'test.db'), systemClock);
const refusal = (work: Promise<unknown>): Promise<GatehouseError> =>
  work.then(
    () => assert.unreachable('it was not refused'),
    (cause) => cause,
  );
const titles = async (store: Awaited<ReturnType<typeof open>>) =>
  (await store.db.selectFrom('productions').select('title').orderBy('title').execute()).map(
    ({ title }) => title,
  );

test('the file is in WAL mode, synced at each commit, with foreign keys', async () => {
  const store = await open();
  const pragma = (name: string) => Object.values(store.prepare(`pragma ${name}`).get() ?? {})[0];
  assert.is(pragma('journal_mode'), 'wal');
  assert.is(pragma('synchronous'), 2);
  assert.is(pragma('foreign_keys'), 1);
  await store.stop();
});

test('only its owner reads the file and those beside it', async () => {
  const store = await open();
  for (const end of ['', '-wal', '-shm']) {
    assert.is((await stat(join(dir, `test.db${end}`))).mode & 0o777, 0o600, end);
  }
  await store.stop();
});

test('a database that cannot be made durable is refused', async () => {
  const fault = await refusal(openStore(':memory:', systemClock));
  assert.is(fault.code, 'store-not-durable');
  assert.is(fault.details.pragma, 'journal_mode');
});

test('a database of a newer version is refused', async () => {
  await (await open()).stop();
  const raw = new DatabaseSync(join(dir, 'test.db'));
  raw.exec(`insert into migrations (name, ran) values ('9999-future', 1)`);
  raw.close();
  const fault = await refusal(open());
  assert.is(fault.code, 'store-too-new');
});

test('opened again it has its data and runs no migration twice', async () => {
  const first = await open();
  await first.db.insertInto('productions').values({ id: 'p', title: 'A', created: 1 }).execute();
  await first.stop();
  const second = await open();
  assert.equal(await titles(second), ['A']);
  await second.stop();
});

test('a batch waits for an open Kysely transaction and does not become part of it', async () => {
  const store = await open();
  const insert = store.prepare('insert into productions (id, title, created) values (?, ?, 1)');
  let batch: Promise<unknown> | undefined;
  const undone = store.db.transaction().execute(async (step) => {
    await step.insertInto('productions').values({ id: 'k', title: 'K', created: 1 }).execute();
    batch = store.batch(() => insert.run('b', 'B'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    throw new Error('changed my mind');
  });
  assert.is((await refusal(undone)).message, 'changed my mind');
  await batch;
  assert.equal(await titles(store), ['B'], 'the rollback took only its own');
  await store.stop();
});

test('a part of a batch that fails undoes only itself', async () => {
  const store = await open();
  const insert = store.prepare('insert into productions (id, title, created) values (?, ?, 1)');
  await store.batch(({ part }) => {
    part(() => insert.run('a', 'A'));
    assert.throws(() =>
      part(() => {
        insert.run('b', 'B');
        insert.run('a', 'again');
      }),
    );
    part(() => insert.run('c', 'C'));
  });
  assert.equal(await titles(store), ['A', 'C']);
  await store.stop();
});

test('a full disk fails the whole batch with store-full, and later ones go on', async () => {
  const store = await open();
  const insert = store.prepare('insert into productions (id, title, created) values (?, ?, 1)');
  const free = fillUp(store);
  const fault = await refusal(
    store.batch(({ part }) => {
      for (let n = 0; n < 1_000; n++) {
        try {
          part(() => insert.run(`p${n}`, 'x'.repeat(200)));
        } catch (cause) {
          assert.is((cause as GatehouseError).code, 'store-full');
        }
      }
    }),
  );
  assert.is(fault.code, 'store-full');
  assert.is(fault.acts, 'administrator');
  assert.equal(await titles(store), [], 'nothing of the batch is there');
  free();
  await store.batch(() => insert.run('after', 'After'));
  assert.equal(await titles(store), ['After']);
  await store.stop();
});

test.run();
