import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PATIENCE_MS } from './patience.ts';
import { type Limits, testFiles } from './test-files.ts';

const PATIENT = { fileMs: PATIENCE_MS, endMs: PATIENCE_MS };
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-tests-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

/** Writes test files, runs them, and gives what was printed, without times and folder. */
async function runOf(files: Readonly<Record<string, string>>, limits: Limits = PATIENT) {
  const paths = Object.entries(files).map(([name, text]) => {
    const path = join(folder, name);
    writeFileSync(path, `import { suite, test } from 'uvu';\n${text}\n`);
    return path;
  });
  const printed: string[] = [];
  const tell = (text: string) => {
    printed.push(text.replaceAll(`${folder}/`, '').replace(/ {2}[\d.]+ s$/, ''));
  };
  const failed = await testFiles([{ files: paths, atOnce: 2 }], limits, tell);
  const last = printed.at(-1);
  return { failed, last, lines: printed.slice(0, -1).sort(), said: printed.join('\n') };
}

const GOOD = `test('good', () => {}); test('good too', () => {}); test.run();`;

test('files that pass are counted, and the last line is the plain one', async () => {
  const skipping = `console.log('SKIPPED no camera'); test.skip('never'); test.run();`;
  const { failed, last, lines } = await runOf({ 'good.ts': GOOD, 'skipping.ts': skipping });
  assert.is(failed, 0);
  assert.equal(lines, [
    'SKIPPED no camera',
    '✔ good.ts  2 passed',
    '✔ skipping.ts  0 passed, 1 skipped',
  ]);
  assert.is(last, '2 passed, 0 failed, 1 skipped');
});

test('a test that fails is shown with what its file has said', async () => {
  const bad = `console.log('a trace'); test('bad', () => { throw new Error('so bad'); });
    test('good', () => {}); test.run();`;
  const { failed, last, said } = await runOf({ 'bad.ts': bad, 'good.ts': GOOD });
  assert.is(failed, 1);
  assert.ok(said.includes('✘ bad.ts  1 passed, 1 failed'));
  assert.match(said, /a trace.*so bad/s);
  assert.is(last, '3 passed, 1 failed, 0 skipped');
});

const HOOKS = {
  'before all of this file': `test.before(() => { throw new Error('no house'); });
    test('in the house', () => {}); test.run();`,
  'before all of “a suite”': `const at = suite('a suite');
    at.before(async () => { throw new Error('no house'); }); at('in it', () => {}); at.run();`,
  'before all of “skipped”': `const at = suite('skipped');
    at.before(() => { throw new Error('no house'); }); at.skip('in it'); at.run();`,
  'after all of this file': `test.after(() => { throw new Error('no house'); });
    test('in the house', () => {}); test.run();`,
  'after each of this file': `test.after.each(() => { throw new Error('no house'); });
    test('in the house', () => {}); test.run();`,
};
for (const [when, text] of Object.entries(HOOKS)) {
  test(`what is thrown ${when} is told, with its file, and fails it`, async () => {
    const { failed, last, said } = await runOf({ 'hook.ts': text });
    assert.is(failed, 1);
    assert.ok(said.startsWith('✘ hook.ts'));
    assert.ok(said.includes(`Thrown ${when}: Error: no house\n    at `), said);
    assert.match(last ?? '', /^\d passed, 1 failed, \d skipped$/);
  });
}

test('a file that crashes is named with what it threw, and one that is killed with its signal', async () => {
  const crash = `test('one', () => new Promise(() => { setTimeout(() => { throw new Error('torn'); }); }));
    test.run();`;
  const killed = `test('one', () => { process.kill(process.pid, 'SIGKILL'); }); test.run();`;
  const early = `test('one', () => new Promise(() => {})); test.run();`;
  const files = { 'crash.ts': crash, 'early.ts': early, 'killed.ts': killed, 'good.ts': GOOD };
  const { failed, last, said } = await runOf(files);
  assert.is(failed, 3);
  assert.match(said, /✘ crash\.ts {2}0 passed, 1 failed\n[^✘✔]*Error: torn/);
  assert.match(said, /✘ early\.ts {2}0 passed, 1 failed\n[^✘✔]*Exiting early/);
  assert.match(said, /✘ killed\.ts {2}0 passed, 1 failed\n[^✘✔]*killed\.ts: ended by SIGKILL/);
  assert.is(last, '2 passed, 3 failed, 0 skipped');
});

test('a file that hangs is ended at its limit, with all that it has started', async () => {
  const hangs = `import { spawn } from 'node:child_process';
    spawn('sleep', ['1000'], { stdio: 'inherit' });
    test('hangs', () => { setInterval(() => {}, 1000); return new Promise(() => {}); });
    test.run();`;
  const { failed, last, said } = await runOf({ 'hangs.ts': hangs }, { ...PATIENT, fileMs: 1_500 });
  assert.is(failed, 1);
  assert.match(said, /✘ hangs\.ts {2}0 passed, 1 failed\n.*did not end within 1\.5 s/s);
  assert.is(last, '0 passed, 1 failed, 0 skipped');
});

test('a file that leaves something running after its tests does not hold up all others', async () => {
  const { failed, said } = await runOf(
    { 'leaves.ts': `setInterval(() => {}, 1000); ${GOOD}` },
    { ...PATIENT, endMs: 100 },
  );
  assert.is(failed, 1);
  assert.match(said, /✘ leaves\.ts {2}2 passed, 1 failed\n.*all its tests were over/s);
});

test('no files at all are a failure', async () => {
  assert.equal(await runOf({}), {
    ...{ failed: 1, last: '0 passed, 1 failed, 0 skipped', lines: [] },
    said: '0 passed, 1 failed, 0 skipped',
  });
});

test.run();
