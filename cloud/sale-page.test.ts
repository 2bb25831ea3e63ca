import { readFile } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { paymentErrors } from './payments/index.ts';
import { saleErrors } from './ticketing/index.ts';

const page = await readFile(new URL('../docs/sale.md', import.meta.url), 'utf8');

test('docs/sale.md lists every code of sale and payments, and no others', () => {
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (\d{3}|–) \| (\w+) \| (.+) \|$/gm)];
  assert.equal(
    rows.map(([, code, status, acts, message]) => ({ code, status, acts, message })),
    Object.entries({ ...saleErrors, ...paymentErrors }).map(([code, entry]) => ({
      code,
      status: 'status' in entry ? String(entry.status) : '–',
      acts: entry.acts,
      message: entry.message,
    })),
  );
});

test.run();
