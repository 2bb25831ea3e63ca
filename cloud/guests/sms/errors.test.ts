import { readFile } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { phoneErrors } from '../phone-errors.ts';
import { PhoneLimits } from '../phone-limits.ts';
import { ALARMS } from './alarms.ts';
import { smsErrors } from './errors.ts';

const page = await readFile(new URL('../../../docs/sms.md', import.meta.url), 'utf8');
const section = (title: string) => page.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? '';

test('docs/sms.md lists every error of SMS and phone codes, and no others', () => {
  const rows = [
    ...section('Errors').matchAll(/^\| `([a-z-]+)` \| (\d{3}|–) \| (\w+) \| (.+) \|$/gm),
  ];
  assert.equal(
    rows.map(([, code, status, acts, message]) => ({ code, status, acts, message })),
    Object.entries({ ...smsErrors, ...phoneErrors }).map(([code, entry]) => ({
      code,
      status: 'status' in entry ? String(entry.status) : '–',
      acts: entry.acts,
      message: entry.message,
    })),
  );
});

test('docs/sms.md lists every alarm with its weight', () => {
  const rows = [...section('Alarms').matchAll(/^\| `([a-z-]+)` \| (\w+) \| (.+) \|$/gm)];
  assert.equal(
    rows.map(([, code, severity, words]) => [code, severity, words]),
    Object.entries(ALARMS).map(([code, [severity, words]]) => [code, severity, words]),
  );
});

test('docs/sms.md lists every limit of codes with its default', () => {
  const rows = [...section('Limits of codes').matchAll(/^\| `(\w+)` \| (.+?) \| /gm)];
  const written = Object.fromEntries(rows.map(([, name, value]) => [name, value]));
  const defaults = Object.entries(PhoneLimits.parse({})).map(([name, value]) => [
    name,
    typeof value === 'number' ? value.toLocaleString('en') : `\`${JSON.stringify(value)}\``,
  ]);
  assert.equal(written, Object.fromEntries(defaults));
});

test.run();
