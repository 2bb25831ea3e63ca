import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startCloud } from '../../test/whole-cloud.ts';

const ANNA = 'anna@example.org';

test('G1 in the whole cloud: account by mailed link, number by SMS out of the outbox', async () => {
  const whole = await startCloud();
  const { base } = whole.api;
  const cookies = new Map<string, string>();
  let csrf = '';
  const call = async (path: string, body: object) => {
    const answer = await fetch(`${base}/account/api/v1${path}`, {
      method: 'POST',
      headers: {
        ...{ 'content-type': 'application/json', origin: base, 'x-csrf-token': csrf },
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      },
      body: JSON.stringify(body),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the API answers
    const said = (await answer.json()) as any;
    csrf = said.session?.csrf ?? csrf;
    return { status: answer.status, body: said };
  };
  assert.is((await call('/login-link', { email: ANNA, language: 'en' })).status, 202);
  const link = mailedLink(whole);
  assert.is((await call('/links/use', { link })).body.session.account.email, ANNA);
  const asked = await call('/phone', { phone: '06 12345678' });
  assert.equal([asked.status, asked.body.phone], [202, '+31612345678']);
  const { body } = await whole.api.call('GET', '/sms/outbox');
  const code = /\b\d{6}\b/.exec(JSON.stringify(body))?.[0] ?? '';
  assert.is((await call('/phone/verify', { code })).body.verified, true);
  const found = await whole.api.call('GET', '/guests?search=anna');
  assert.equal([found.body.guests[0].verified, found.body.guests.length], [true, 1]);
  assert.not.match(JSON.stringify(whole.log.lines), /anna@|612345678/);
  const other = await call('/phone', { phone: '06 87654321' });
  assert.equal([other.status, other.body.verified], [202, false], 'G2');
  assert.match(mails(whole), /"template":"phone-changed"/);
  await whole.stop();
});

/** The secret of the one link in the outbox of mail, read where it is kept. */
function mailedLink({ dir }: { dir: string }): string {
  return /account\/link#([\w-]{43})/.exec(mails({ dir }))?.[1] ?? '';
}

function mails({ dir }: { dir: string }): string {
  const database = new DatabaseSync(join(dir, 'data', 'gatehouse.db'), { readOnly: true });
  const rows = database.prepare('select template, data from mail_outbox').all();
  database.close();
  return JSON.stringify(rows);
}

test.run();
