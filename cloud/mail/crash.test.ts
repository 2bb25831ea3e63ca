import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../ports.ts';
import { openStore } from '../store/index.ts';
import { listMails } from './outbox-store.ts';
import { type FakeSmtp, startSmtp } from './test/fake-smtp.ts';

const PROGRAM = new URL('./test/mail-process.ts', import.meta.url).pathname;
const HOUR_MS = 3_600_000;

function run(path: string, smtp: FakeSmtp, ...rest: string[]): ChildProcess {
  return spawn(process.execPath, [PROGRAM, path, String(smtp.port), ...rest], { stdio: 'ignore' });
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 10));
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

test('killed between the mail server’s word and its record, a mail comes twice with one Message-ID, counted', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'mail-crash-'));
  const path = join(dir, 'test.db');
  // The server has the whole mail and is about to say 250 when the sender dies.
  const smtp = await startSmtp({ next: [{ slow: HOUR_MS }] });
  const first = run(path, smtp, 'order:1');
  await until(() => smtp.received.length === 1);
  await kill(first);
  const second = run(path, smtp, 'order:1');
  await until(() => smtp.received.length === 2);
  const store = await openStore(path, systemClock);
  for (;;) {
    const [row] = await listMails(store, { limit: 1 });
    await new Promise((resolve) => setTimeout(resolve, 10));
    if (row?.state !== 'sent') continue;
    assert.is(row.unsure, 1);
    assert.is(row.tries, 2);
    break;
  }
  await store.stop();
  await kill(second);
  const third = run(path, smtp, 'order:1', 'order:2');
  await until(() => smtp.received.length > 2);
  await kill(third);
  assert.is(smtp.received.length, 3);
  assert.is(smtp.received[2]?.to, 'order-2@example.org', 'a repeat under its key sends nothing');
  const ids = smtp.received.map(({ source }) => /^Message-ID: (.+)\r$/m.exec(source)?.[1]);
  assert.is(ids[0], ids[1]);
  await smtp.stop();
  await rm(dir, { recursive: true });
});

test.run();
