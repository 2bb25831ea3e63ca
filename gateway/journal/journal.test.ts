import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { FIRST_PREVIOUS, JournalBody } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { body, EVENING, scanIdOf, temporaryFolder } from '../test/samples.ts';
import { createJournal } from './journal.ts';
import { JournalFile } from './journal-file.ts';
import { digestOf, type PlacedRow } from './rows.ts';

const newFile = () => join(temporaryFolder(), 'journal.db');
const row = (kind: Parameters<typeof body>[0], number = 1) => ({
  body: JSON.stringify(body(kind, number)),
  wall: EVENING + number,
});

test('promise 1: kill -9 loses no row that was acknowledged, and the digests still chain', async () => {
  const file = newFile();
  for (const epoch of ['first', 'second']) {
    const child = spawn(process.execPath, [
      join(import.meta.dirname, '..', 'test', 'append-forever.ts'),
      ...[file, epoch],
    ]);
    let said = '';
    child.stdout.on('data', (data) => {
      said += data;
      if (said.length > 400) child.kill('SIGKILL');
    });
    await once(child, 'close');
    const acknowledged = said.split('\n').slice(0, -1).map(Number);
    assert.ok(acknowledged.length > 50);
    const journal = new JournalFile({ file, epoch: 'reader' });
    let previous = FIRST_PREVIOUS;
    let seq = 0;
    for (let rows = journal.unstored(200); rows.length > 0; rows = journal.unstored(200)) {
      for (const kept of rows) {
        assert.is(kept.epoch, epoch);
        assert.is(kept.seq, seq + 1);
        assert.is(kept.previous, previous);
        assert.is(kept.digest, digestOf(previous, kept.body));
        ({ seq, digest: previous } = kept);
      }
      journal.stored(epoch, seq);
    }
    assert.ok(Math.max(...acknowledged) <= seq);
    journal.close();
  }
});

test('step 4: an intent without a result is unsettled after a restart, and after the next one too', () => {
  const file = newFile();
  const first = new JournalFile({ file, epoch: 'a' });
  first.append([row('intent', 1), row('intent', 2), row('passed', 2), row('event', 3)]);
  first.close();
  const second = new JournalFile({ file, epoch: 'b' });
  const { unsettled, passed, lastWall } = second.recovered;
  assert.equal(
    unsettled.map(({ scanId, isWritten }) => [scanId, isWritten]),
    [[scanIdOf(1), false]],
  );
  assert.equal(
    passed.map(({ scanId, verdict, stored }) => [scanId, verdict, stored]),
    [[scanIdOf(2), 'ok', false]],
  );
  assert.is(lastWall, EVENING + 3);
  second.append([row('unsettled', 1)]);
  second.close();
  const third = new JournalFile({ file, epoch: 'c' });
  assert.equal(
    third.recovered.unsettled.map(({ isWritten }) => isWritten),
    [true],
  );
  third.close();
});

test('step 8: only stored rows go, only after their time, and never an uncounted passage', () => {
  const file = newFile();
  const journal = new JournalFile({ file, epoch: 'a' });
  journal.append([row('intent', 1), row('passed', 1), row('intent', 2), row('passed', 2)]);
  journal.append([row('event', 3), row('event', 4)]);
  journal.stored('a', 5);
  journal.prune(EVENING + 1, []);
  assert.is(count(file), 6);
  journal.prune(EVENING + 1_000, [scanIdOf(2)]);
  journal.close();
  const again = new JournalFile({ file, epoch: 'a' });
  assert.equal(
    again.recovered.passed.map(({ scanId }) => scanId),
    [scanIdOf(2)],
  );
  assert.is(again.append([row('event', 5)])[0]?.seq, 7, 'an epoch goes on where it was');
  again.close();
});

function count(file: string): number {
  const journal = new JournalFile({ file, epoch: 'count' });
  const rows = journal.recovered.passed.length * 2;
  journal.close();
  return rows + 2;
}

test('step 8: rows of several epochs go up in order, one epoch a batch', () => {
  const file = newFile();
  for (const epoch of ['a', 'b']) {
    const journal = new JournalFile({ file, epoch });
    journal.append([row('event', 1), row('event', 2)]);
    journal.close();
  }
  const journal = new JournalFile({ file, epoch: 'c' });
  assert.is(journal.waiting, 4);
  const places = () => journal.unstored(200).map(({ epoch, seq }) => `${epoch}${seq}`);
  assert.equal(places(), ['a1', 'a2']);
  journal.stored('a', 1);
  assert.equal(places(), ['a2']);
  journal.stored('a', 2);
  assert.equal(places(), ['b1', 'b2']);
  assert.equal(
    journal.unstored(1).map(({ seq }) => seq),
    [1],
  );
  journal.close();
});

test('a full journal says journal-disk-full, keeps what it has and goes on with space', async () => {
  const journal = createJournal({ file: newFile(), epoch: 'a', bytesMax: 80_000 });
  await journal.start();
  let written = 0;
  let code = '';
  for (let number = 1; number < 1_000 && code === ''; number++) {
    await journal.append(body('intent', number)).then(
      (seq) => (written = seq),
      (error: { code: string }) => (code = error.code),
    );
  }
  assert.is(code, 'journal-disk-full');
  assert.ok(written > 20);
  journal.stored('a', written);
  journal.prune(EVENING + 10_000, []);
  assert.is(await journal.append(body('event')), written + 1);
  await journal.stop();
});

test('a really full disk says journal-disk-full and goes on with space', async () => {
  const folder = temporaryFolder();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', folder]);
  if (mounted.status !== 0) {
    console.log('SKIPPED the full disk of journal.test.ts: mount may not be used here');
    return;
  }
  try {
    const journal = createJournal({ file: join(folder, 'journal.db'), epoch: 'a' });
    await journal.start();
    const filler = join(folder, 'filler');
    let code = '';
    try {
      writeFileSync(filler, Buffer.alloc(1024 * 1024));
    } catch (error) {
      code = (error as { code: string }).code;
    }
    assert.is(code, 'ENOSPC');
    let refused = '';
    for (let number = 1; number < 100 && refused === ''; number++) {
      await journal.append(body('intent', number)).catch((error: { code: string }) => {
        refused = error.code;
      });
    }
    assert.is(refused, 'journal-disk-full');
    writeFileSync(filler, '');
    assert.ok((await journal.append(body('event'))) > 0);
    await journal.stop();
  } finally {
    spawnSync('umount', [folder]);
  }
});

test('a damaged journal is moved aside and kept; what can be read of it is brought over', () => {
  const file = newFile();
  const first = new JournalFile({ file, epoch: 'a' });
  for (let i = 0; i < 20; i++) {
    first.append(Array.from({ length: 20 }, (_, j) => row('passed', i * 20 + j + 1)));
  }
  first.close();
  const bytes = readFileSync(file);
  bytes.fill(0xa5, 100_000, 116_000);
  writeFileSync(file, bytes);
  const second = new JournalFile({ file, epoch: 'b' });
  assert.ok(second.recovered.damage);
  assert.ok(second.recovered.passed.length > 100, `${second.recovered.passed.length} rows`);
  assert.is(second.append([row('event')])[0]?.seq, 1);
  second.close();
  assert.ok(readdirSync(join(file, '..')).includes('journal.damaged-b.db'));
});

test('a file that is no database is moved aside; a journal of another tenant too, unread', async () => {
  const file = newFile();
  writeFileSync(file, 'this is not a database, but it is longer than a header '.repeat(100));
  const journal = createJournal({ file, epoch: 'a', owner: 'theatre' });
  assert.ok((await journal.start()).damage);
  await journal.append(body('passed'));
  await journal.stop();
  const other = createJournal({ file, epoch: 'b', owner: 'circus' });
  const recovered = await other.start();
  assert.equal([recovered.damage, recovered.passed.length, other.waiting], [undefined, 0, 0]);
  await other.stop();
  const names = readdirSync(join(file, '..'));
  assert.ok(names.includes('journal.other-owner-b.db') && names.includes('journal.damaged-a.db'));
});

test('a body that can’t be read hinders no start', () => {
  const file = newFile();
  const journal = new JournalFile({ file, epoch: 'a' });
  journal.append([
    { body: '{"kind":"intent",', wall: 1 },
    { body: '{"kind":"result"}', wall: 2 },
  ]);
  journal.append([row('passed')]);
  journal.prune(10, []);
  journal.close();
  const again = new JournalFile({ file, epoch: 'b' });
  assert.is(again.recovered.passed.length, 1);
  again.close();
});

test('a writer that can’t open its file says why, and tries again when it is needed', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'sub', 'journal.db');
  const journal = createJournal({ file, epoch: 'a' });
  const codeOf = (error: { code: string }) => error.code;
  assert.is(await journal.start().catch(codeOf), 'journal-failed');
  assert.is(await journal.append(body('event')).catch(codeOf), 'journal-failed');
  mkdirSync(join(folder, 'sub'));
  assert.is(await journal.append(body('event')), 1);
  await journal.stop();
  assert.is(await journal.append(body('event')).catch(codeOf), 'journal-failed');
});

test('a writer that dies fails what waits for it; the next one goes on in the same epoch', async () => {
  const { postMessage } = Worker.prototype;
  const writers = new Set<Worker>();
  Worker.prototype.postMessage = function (this: Worker, message: unknown) {
    writers.add(this);
    postMessage.call(this, message);
  };
  const journal = createJournal({ file: newFile(), epoch: 'a' });
  await journal.start();
  await journal.append(body('event', 1));
  const told: PlacedRow[] = [];
  journal.onAppend((row) => told.push(row));
  const [writer] = writers;
  const waits = journal.append(body('event', 2)).catch((error: { code: string }) => error.code);
  await writer?.terminate();
  const outcome = await waits;
  const seq = await journal.append(body('event', 3));
  const rows = await journal.unstored(10);
  // What failed may stand there all the same: the writer died before it could tell.
  const stand = rows.map(({ body: text }) => JSON.parse(text));
  const second = rows.length === 3 || outcome !== 'journal-failed' ? [body('event', 2)] : [];
  assert.equal(stand, [body('event', 1), ...second, body('event', 3)]);
  assert.is(seq, stand.length);
  for (const [i, { previous }] of rows.entries()) {
    assert.is(previous, rows[i - 1]?.digest ?? FIRST_PREVIOUS);
  }
  assert.equal(told, rows.slice(1), 'also rows that the dead writer did not live to tell');
  assert.is(writers.size, 2);
  Worker.prototype.postMessage = postMessage;
  await journal.stop();
});

test('what is appended at once is written in order and every row fits its schema', async () => {
  const journal = createJournal({ file: newFile(), epoch: 'a' });
  await journal.start();
  const bodies = Array.from({ length: 600 }, (_, i) => body('intent', i + 1));
  const seqs = await Promise.all(bodies.map((each) => journal.append(each)));
  assert.equal(
    seqs,
    Array.from({ length: 600 }, (_, i) => i + 1),
  );
  const rows = await journal.unstored(200);
  assert.equal(
    rows.map(({ body: text }) => JournalBody.parse(JSON.parse(text))),
    bodies.slice(0, rows.length),
  );
  const many = await Promise.allSettled(bodies.concat(bodies).map((each) => journal.append(each)));
  const refused = many.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
  assert.is(refused.length, 200);
  assert.is(refused[0]?.reason.code, 'journal-queue-full');
  await journal.stop();
});

test('admissions without the cloud come back with their age on the runs’ own clocks', () => {
  const path = join(temporaryFolder(), 'journal.db');
  const first = new JournalFile({ file: path, epoch: 'one' });
  const minute = 60_000;
  const offline = (number: number, mono: number, boot: string) => {
    const made = body('intent', number) as Extract<JournalBody, { kind: 'intent' }>;
    const at = { ...made.at, boot, mono, wall: EVENING - mono };
    return {
      ...made,
      at,
      performance: 'secure',
      verdict: { key: 'offline' as const, details: {} },
    };
  };
  const ended = (number: number, result: 'released' | 'passed', mono: number, boot: string) => {
    const made = body('passed', number);
    return { ...made, result, at: { ...made.at, boot, mono } };
  };
  const rows: object[] = [
    offline(1, 5 * minute, 'a'),
    ended(1, 'passed', 6 * minute, 'a'),
    offline(2, 40 * minute, 'a'),
    ended(2, 'released', 41 * minute, 'a'),
    offline(3, 1 * minute, 'b'),
    offline(4, 31 * minute, 'b'),
  ];
  first.append(rows.map((row) => ({ body: JSON.stringify(row), wall: EVENING })));
  first.close();
  const again = new JournalFile({ file: path, epoch: 'two' });
  const ages = again.recovered.offline.map(({ scanId, age }) => [scanId, age / minute]);
  assert.equal(ages, [
    [scanIdOf(3), 30],
    [scanIdOf(4), 0],
  ]);
  // Written late, because the disk was full: no time has gone by between the two.
  const owed = [ended(5, 'passed', 20 * minute, 'b'), ended(6, 'passed', 41 * minute, 'b')];
  again.append(owed.map((row) => ({ body: JSON.stringify(row), wall: EVENING })));
  again.close();
  const last = new JournalFile({ file: path, epoch: 'three' });
  const older = last.recovered.offline.map(({ scanId, age }) => [scanId, age / minute]);
  assert.equal(older, [
    [scanIdOf(3), 40],
    [scanIdOf(4), 10],
  ]);
  last.close();
});

test.run();
