import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DATABASE_FILE } from '../cloud.ts';
import { startCloud } from '../test/whole-cloud.ts';
import { memberOf, staffBrowser } from './test/member.ts';
import { totpCode } from './totp.ts';
import { loadTotpBox, TOTP_KEY_FILE, totpBox } from './totp-box.ts';

const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';

test('a secret opens under its key and for its account only', () => {
  const key = randomBytes(32);
  const box = totpBox(key, randomBytes);
  const sealed = box.seal('anna', SECRET);
  assert.not.match(sealed, SECRET);
  assert.is.not(sealed, box.seal('anna', SECRET), 'never the same twice');
  assert.is(box.open('anna', sealed), SECRET);
  assert.is(box.open('bert', sealed), undefined);
  assert.is(totpBox(randomBytes(32), randomBytes).open('anna', sealed), undefined);
  assert.is(box.open('anna', `${sealed.slice(0, -2)}xx`), undefined);
});

test('the key is made once, for its owner only, and a broken one stops the start', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-box-'));
  const file = join(dir, TOTP_KEY_FILE);
  const sealed = (await loadTotpBox(dir, randomBytes)).seal('anna', SECRET);
  assert.is((await stat(file)).mode & 0o777, 0o600);
  assert.is((await loadTotpBox(dir, randomBytes)).open('anna', sealed), SECRET);
  await writeFile(file, 'abc\n');
  let code = '';
  await loadTotpBox(dir, randomBytes).catch((fault) => {
    code = fault.code;
  });
  assert.is(code, 'staff-key-unreadable');
  await rm(dir, { recursive: true });
});

test('the database holds no secret of an authenticator, and one of before is sealed at the start', async () => {
  const whole = await startCloud();
  const file = join(whole.dir, 'data', DATABASE_FILE);
  const stored = (id: string) => {
    const database = new DatabaseSync(file);
    const row = database.prepare('select totp_secret from staff_accounts where id = ?').get(id);
    database.close();
    return (row as { totp_secret: string }).totp_secret;
  };
  const anna = await memberOf(whole, 'anna', ['administrator']);
  assert.match(stored(anna.id), /^v1\./);
  await whole.cloud.stop();
  for (const end of ['', '-wal']) {
    const bytes = await readFile(`${file}${end}`).catch(() => Buffer.alloc(0));
    assert.not(bytes.includes(anna.secret), `in the clear in ${DATABASE_FILE}${end}`);
  }
  const database = new DatabaseSync(file);
  database.prepare('update staff_accounts set totp_secret = ?').run(anna.secret);
  database.close();
  await whole.cloud.start();
  assert.match(stored(anna.id), /^v1\./);
  const again = { ...whole.api, base: `http://127.0.0.1:${whole.cloud.ports().http}` };
  whole.clock.move(60_000);
  const { status } = await staffBrowser({ api: again }).call('POST', '/staff/login', {
    ...{ login: anna.login, password: anna.password },
    code: totpCode(anna.secret, whole.clock.now()),
  });
  assert.is(status, 200);
  await whole.stop();
});

test.run();
