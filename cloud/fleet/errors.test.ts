import { readFile } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fleetErrors } from './errors.ts';

const page = await readFile(new URL('../../docs/provisioning.md', import.meta.url), 'utf8');

test("docs/provisioning.md lists the fleet's codes and no others", () => {
  const table = page.split("The cloud's own")[1] ?? '';
  const listed = [...table.matchAll(/^\| `([a-z-]+)` \| (.+) \| (.+) \|$/gm)];
  assert.equal(
    listed.map(([, code, acts, message]) => ({ code, acts, message })),
    Object.entries(fleetErrors).map(([code, { acts, message }]) => ({ code, acts, message })),
  );
});

test.run();
