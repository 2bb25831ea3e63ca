import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const root = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const upTo = (letter: string, last: number) =>
  Array.from({ length: last }, (_, n) => `${letter}${n + 1}`);
const KEYS = [
  ...['P1', 'P4', 'P5', 'P6', 'P7', 'P9', 'P10', 'P11', 'P12', 'P13'],
  ...[...upTo('G', 4), ...upTo('S', 16), ...upTo('B', 4), 'B11', ...upTo('M', 4)],
];
const ROW = /^\| ([A-Z]\d+) \| [^|]+ \| (.+) \|$/gm;
const rows = [...read('docs/rules.md').matchAll(ROW)].map(([, key = '', files = '']) => ({
  key,
  files: [...files.matchAll(/`([^`]+)`/g)].map(([, file]) => file as string),
}));

/** Names of a file's tests, whatever their suite is called. */
function names(file: string): string[] {
  const found = read(file).matchAll(/^ *\w+\(\s*(?:'((?:[^'\\\n]|\\.)+)'|`([^`]+)`),/gm);
  return [...found].map(([, plain, filled]) => plain ?? filled ?? '');
}

test('docs/rules.md has every rule of tickets and their sale, once', () => {
  assert.equal(
    rows.map(({ key }) => key),
    KEYS,
  );
});

for (const { key, files } of rows) {
  test(`${key} is named by a test in every file that docs/rules.md gives for it`, () => {
    const word = new RegExp(`\\b${key}\\b`);
    assert.ok(files.length > 0);
    const silent = files.filter((file) => !names(file).some((name) => word.test(name)));
    assert.equal(silent, []);
  });
}

test.run();
