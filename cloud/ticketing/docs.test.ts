import { readFile } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { paymentErrors } from '../payments/index.ts';
import { saleErrors } from './sale-errors.ts';

const page = await readFile(new URL('../../docs/sale.md', import.meta.url), 'utf8');

test('docs/sale.md lists every code of sale and payments with who acts, and no others', () => {
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (\d{3}|–) \| (\w+) \| (.+) \|$/gm)];
  const listed = rows.map(([, code, status, acts, message]) => [code, status, acts, message]);
  const known = Object.entries({ ...saleErrors, ...paymentErrors }).map(([code, entry]) => [
    code,
    'status' in entry ? String(entry.status) : '–',
    entry.acts,
    entry.message,
  ]);
  assert.equal(listed.sort(), known.sort());
});

test.run();
