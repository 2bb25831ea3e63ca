import { readFile } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pageFaultTexts } from '../web/admin/page-name-texts.ts';
import { pageNameErrors } from './errors.ts';

test('docs/public-names.md lists every code with who acts, and the page has words for each fault', async () => {
  const page = await readFile(new URL('../../docs/public-names.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (\d{3}|–) \| (\w+) \| (.+) \|$/gm)];
  const entries = Object.entries(pageNameErrors);
  assert.equal(
    rows.map(([, code, status, acts, message]) => ({ code, status, acts, message })),
    entries.map(([code, entry]) => ({
      code,
      status: 'status' in entry ? String(entry.status) : '–',
      acts: entry.acts,
      message: entry.message,
    })),
  );
  const faults = entries.filter(([, entry]) => !('status' in entry)).map(([code]) => code);
  assert.equal(Object.keys(pageFaultTexts).sort(), faults.sort());
});

test.run();
