import { readFile } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { portalErrors } from './errors.ts';

const page = await readFile(new URL('../../docs/portal.md', import.meta.url), 'utf8');

test('docs/portal.md lists every code of the portal with who acts, and no others', () => {
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (\d{3}) \| (\w+) \| (.+) \|$/gm)];
  assert.equal(
    rows.map(([, code, status, acts, message]) => ({ code, status, acts, message })),
    Object.entries(portalErrors).map(([code, entry]) => ({
      code,
      status: String(entry.status),
      acts: entry.acts,
      message: entry.message,
    })),
  );
});

test.run();
