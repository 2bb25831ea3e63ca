import { readFile } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { admissionErrors } from './admission/index.ts';
import { conflictErrors } from './conflicts/index.ts';
import { doorErrors } from './door/index.ts';
import { cloudErrors } from './errors.ts';
import { fleetErrors } from './fleet/index.ts';
import { accountErrors, phoneErrors, smsErrors } from './guests/index.ts';
import { httpErrors } from './http/index.ts';
import { mailErrors } from './mail/index.ts';
import { pageNameErrors } from './page-names/index.ts';
import { paymentErrors } from './payments/index.ts';
import { portalErrors } from './portal/index.ts';
import { staffErrors } from './staff/index.ts';
import { storeErrors } from './store/index.ts';
import { saleErrors, ticketingErrors } from './ticketing/index.ts';

const page = await readFile(new URL('../docs/cloud.md', import.meta.url), 'utf8');

test('docs/cloud.md lists every code of the cloud with who acts, and no others', () => {
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (\d{3}|–) \| (\w+) \| (.+) \|$/gm)];
  const listed = rows.map(([, code, status, acts, message]) => ({ code, status, acts, message }));
  // These stand on pages of their own, which their own tests hold to them.
  const elsewhere = {
    ...staffErrors,
    ...accountErrors,
    ...fleetErrors,
    ...pageNameErrors,
    ...smsErrors,
    ...phoneErrors,
    ...mailErrors,
    ...saleErrors,
    ...paymentErrors,
    ...portalErrors,
  };
  const known = Object.entries(cloudErrors).filter(([code]) => !Object.hasOwn(elsewhere, code));
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
    pageNameErrors,
    httpErrors,
    mailErrors,
    smsErrors,
    phoneErrors,
    accountErrors,
    staffErrors,
    saleErrors,
    paymentErrors,
    portalErrors,
    doorErrors,
  ];
  const codes = tables.flatMap((table) => Object.keys(table));
  assert.is(new Set(codes).size, codes.length);
  assert.is(Object.keys(cloudErrors).length, codes.length);
});

test.run();
