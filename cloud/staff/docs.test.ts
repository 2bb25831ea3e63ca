import { readFile } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { accountErrors } from '../guests/index.ts';
import { STAFF_ROLES } from '../http/index.ts';
import { staffErrors } from './errors.ts';

const page = await readFile(new URL('../../docs/accounts.md', import.meta.url), 'utf8');

test('docs/accounts.md lists the errors of accounts and staff, and no others', () => {
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (\d{3}) \| (\w+) \| (.+) \|$/gm)];
  assert.equal(
    rows.map(([, code, status, acts, message]) => [code, Number(status), acts, message]),
    Object.entries({ ...accountErrors, ...staffErrors }).map(([code, entry]) => [
      ...[code, entry.status, entry.acts, entry.message],
    ]),
  );
});

test('B6 docs/accounts.md names every role', () => {
  const named = [...page.matchAll(/^\| `([a-z-]+)` \| [^|]+ \|$/gm)].map(([, role]) => role);
  assert.equal(named, [...STAFF_ROLES]);
});

test.run();
