import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HardwareError, hardwareErrors } from './errors.ts';

const room = import.meta.dirname;
const sources = readdirSync(room, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|\.d\.ts$|^errors\.ts$/.test(file))
  .filter((file) => !file.includes('node_modules'))
  .map((file) => readFileSync(join(room, file), 'utf8'))
  .join('\n');
const docs = readFileSync(join(room, '..', 'docs', 'hardware.md'), 'utf8');
const prefixes = new Set(Object.keys(hardwareErrors).map((code) => code.split('-')[0]));

test('every code that a driver uses is in the table, and every code of the table is used', () => {
  const used = new Set(
    [...sources.matchAll(/(?:fail\(|HardwareError\(|: )'([a-z]+(?:-[a-z]+)+)'/g)]
      .map((found) => found[1] ?? '')
      .filter((code) => prefixes.has(code.split('-')[0] ?? '')),
  );
  for (const code of used) assert.ok(code in hardwareErrors, `${code} is in the table`);
  for (const code of Object.keys(hardwareErrors)) {
    assert.ok(sources.includes(`'${code}'`), `${code} is used`);
  }
});

test('docs/hardware.md has the table of codes as it is', () => {
  for (const [code, { acts, message }] of Object.entries(hardwareErrors)) {
    const row = `| \`${code}\` | ${acts} | ${message} |`;
    assert.ok(docs.includes(row), `docs/hardware.md has the row: ${row}`);
  }
});

test('an error says its code, who acts and what happened', () => {
  const error = new HardwareError('wire-missing', 'ENOENT');
  assert.is(error.code, 'wire-missing');
  assert.is(error.acts, 'technician');
  assert.match(error.message, /ENOENT/);
});

test.run();
