import { readFile } from 'node:fs/promises';
import { GatehouseError } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { provisioningError, provisioningErrors } from './errors.ts';

const page = await readFile(new URL('../docs/provisioning.md', import.meta.url), 'utf8');

test('docs/provisioning.md lists every code with who acts and its message', () => {
  for (const [code, { acts, message }] of Object.entries(provisioningErrors)) {
    assert.ok(page.includes(`| \`${code}\` | ${acts} | ${message} |`), code);
  }
});

test('the first table of errors on the page lists nothing else', () => {
  const table = page.split('## Errors')[1]?.split("The cloud's own")[0] ?? '';
  const listed = [...table.matchAll(/^\| `([a-z-]+)`/gm)].map((match) => match[1]);
  assert.equal(listed, Object.keys(provisioningErrors));
});

test('an error carries its code, who acts, a status and filled-in words', () => {
  const error = provisioningError('config-code-version', { version: 2 });
  assert.instance(error, GatehouseError);
  assert.is(error.code, 'config-code-version');
  assert.is(error.acts, 'technician');
  assert.is(error.status, 400);
  assert.match(error.message, /version 2;/);
});

test.run();
