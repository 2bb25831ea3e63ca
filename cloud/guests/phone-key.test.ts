import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadPhoneKey, PHONE_KEY_FILE } from './phone-key.ts';

let dir: string;
test.before.each(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-key-'));
});
test.after.each(() => rm(dir, { recursive: true, force: true }));

test('the key is made once, read by its owner only, and stays', async () => {
  const key = await loadPhoneKey(dir, randomBytes);
  assert.is(key.length, 32);
  assert.is((await stat(join(dir, PHONE_KEY_FILE))).mode & 0o777, 0o600);
  const again = await loadPhoneKey(dir, randomBytes);
  assert.is(Buffer.compare(Buffer.from(key), Buffer.from(again)), 0);
});

test('a file that is no key is told, never replaced', async () => {
  for (const text of ['', 'abc', 'zz'.repeat(32)]) {
    await writeFile(join(dir, PHONE_KEY_FILE), text);
    const fault = await loadPhoneKey(dir, randomBytes).catch((cause) => cause);
    assert.is(fault.code, 'phone-key-unreadable');
  }
});

test.run();
