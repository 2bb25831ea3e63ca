import { readFile } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mailErrors } from './errors.ts';
import { catalog } from './templates/catalog.ts';
import { TEMPLATE_NAMES } from './templates/data.ts';
import { placeholdersOf } from './templates/shape.ts';
import { TEXT_NAMES } from './texts/shipped-texts.ts';

const page = await readFile(new URL('../../docs/mail.md', import.meta.url), 'utf8');

test('docs/mail.md lists every code of mail with who acts', () => {
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (\d{3}|–) \| (\w+) \| (.+) \|$/gm)];
  assert.equal(
    rows.map(([, code, status, acts, message]) => ({ code, status, acts, message })),
    Object.entries(mailErrors).map(([code, entry]) => ({
      code,
      status: 'status' in entry ? String(entry.status) : '–',
      acts: entry.acts,
      message: entry.message,
    })),
  );
});

test('docs/mail.md lists every template, placeholder and explanation text', () => {
  for (const name of TEMPLATE_NAMES) {
    const { nl, en } = catalog[name].label;
    assert.match(page, `| \`${name}\` | ${nl} · ${en} |`);
    for (const { path, kind } of placeholdersOf(name)) {
      assert.match(page, `| \`${path}\` | ${kind} |`);
    }
  }
  for (const name of TEXT_NAMES) assert.match(page, `| \`${name}\` |`);
});

test.run();
