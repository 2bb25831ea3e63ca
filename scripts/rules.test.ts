import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RULES_OFF } from './rules-off.ts';

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

  test(`${key} can be switched off, each way in one place, before a test that proves it`, () => {
    const ways = RULES_OFF.filter(({ rule }) => rule === key);
    assert.ok(ways.length > 0, 'scripts/rules-off.ts has no way');
    for (const { file, from, to, test: proof } of ways) {
      assert.is(read(file).split(from).length, 2, `${file}: ${from}`);
      assert.is.not(from, to);
      assert.ok(files.includes(proof), proof);
    }
  });
}

test.run();
