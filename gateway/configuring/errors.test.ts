import { readFile } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configuringErrors } from './errors.ts';

test('docs/provisioning.md says why a configuration or a command is not followed', async () => {
  const page = await readFile(new URL('../../docs/provisioning.md', import.meta.url), 'utf8');
  for (const [code, { acts, message }] of Object.entries(configuringErrors)) {
    assert.ok(page.includes(`| \`${code}\` | ${acts} | ${message} |`), code);
  }
});

test.run();
