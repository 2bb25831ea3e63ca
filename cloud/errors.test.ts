import { readFile } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { admissionErrors } from './admission/index.ts';
import { conflictErrors } from './conflicts/index.ts';
import { cloudErrors } from './errors.ts';
import { fleetErrors } from './fleet/index.ts';
import { httpErrors } from './http/index.ts';
import { storeErrors } from './store/index.ts';
import { ticketingErrors } from './ticketing/index.ts';

const page = await readFile(new URL('../docs/cloud.md', import.meta.url), 'utf8');

test('docs/cloud.md lists every code of the cloud with who acts, and no others', () => {
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (\d{3}|–) \| (\w+) \| (.+) \|$/gm)];
  const listed = rows.map(([, code, status, acts, message]) => ({ code, status, acts, message }));
  // The fleet's own codes stand in docs/provisioning.md, which its own test holds to them.
  const known = Object.entries(cloudErrors).filter(([code]) => !Object.hasOwn(fleetErrors, code));
  assert.equal(
    listed,
    known.map(([code, entry]) => ({
      code,
      status: 'status' in entry ? String(entry.status) : '–',
      acts: entry.acts,
      message: entry.message,
    })),
  );
});

test('no two features use the same code', () => {
  const tables = [
    storeErrors,
    ticketingErrors,
    admissionErrors,
    conflictErrors,
    fleetErrors,
    httpErrors,
  ];
  const codes = tables.flatMap((table) => Object.keys(table));
  assert.is(new Set(codes).size, codes.length);
  assert.is(Object.keys(cloudErrors).length, codes.length);
});

test.run();
