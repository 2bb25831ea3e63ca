import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Off, RULES_OFF } from './rules-off.ts';

/**
 * Switches rules of docs/rules.md off, one after the other, in a copy of this checkout, and runs the
 * test file that has to notice: one of its tests that names the rule must fail. Arguments name
 * rules, `npm run rules -- P4 S7`; none means all. Fails if a rule could be switched off unnoticed.
 */
const ROOT = join(import.meta.dirname, '..');
/** A browser test that waits for what never comes takes this long. */
const TEST_TIMEOUT_MS = 1_200_000;
/** Built pages come along, so that only what is changed is built anew. */
const BUILT = ['cloud/web/dist', 'cloud/web/shop/dist', 'cloud/web/portal/dist'];

const asked = process.argv.slice(2);
const chosen = RULES_OFF.filter(({ rule }) => asked.length === 0 || asked.includes(rule));
const copy = copyTree();
let unnoticed = chosen.length === 0 ? 1 : 0;
try {
  for (const off of chosen) unnoticed += (await isNoticed(off)) ? 0 : 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}
console.log(`${chosen.length} switched off, ${unnoticed} unnoticed`);
process.exitCode = unnoticed === 0 ? 0 : 1;

/** What git knows or would take, with the packages of this checkout and the copy's own rooms. */
function copyTree(): string {
  const to = mkdtempSync(join(tmpdir(), 'gatehouse-rules-'));
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: ROOT });
  const files = listed.toString().trim().split('\n');
  for (const file of [...files.filter((one) => one !== 'node_modules'), ...BUILT]) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    const options = { recursive: true, preserveTimestamps: true };
    try {
      cpSync(join(ROOT, file), join(to, file), options);
    } catch (fault) {
      // listed and gone, or never built
      if ((fault as { code?: string }).code !== 'ENOENT') throw fault;
    }
  }
  const packages = join(ROOT, 'node_modules');
  mkdirSync(join(to, 'node_modules', '@gatehouse'), { recursive: true });
  for (const name of readdirSync(packages)) {
    if (name !== '@gatehouse') symlinkSync(join(packages, name), join(to, 'node_modules', name));
  }
  for (const room of readdirSync(join(packages, '@gatehouse'))) {
    symlinkSync(join(to, room), join(to, 'node_modules', '@gatehouse', room));
  }
  return to;
}

async function isNoticed({ rule, file, from, to, test }: Off): Promise<boolean> {
  const path = join(copy, file);
  const before = await readFile(path, 'utf8');
  await writeFile(
    path,
    before.replace(from, () => to),
  );
  const began = performance.now();
  const output = await run(test);
  await writeFile(path, before);
  const failed = [...output.matchAll(/^ {3}FAIL .*?"(.+)"$/gm)].map(([, name]) => name as string);
  const named = failed.filter((name) => new RegExp(`\\b${rule}\\b`).test(name));
  const took = `${((performance.now() - began) / 1000).toFixed(0)} s`;
  console.log(`${named.length > 0 ? '✔' : '✘'} ${rule} off in ${file}: ${test}, ${took}`);
  for (const name of named) console.log(`    fails: ${name}`);
  if (named.length === 0) console.log(failed.length > 0 ? failed.join('\n') : output.slice(-2_000));
  return named.length > 0;
}

function run(test: string): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', test], {
      ...{ cwd: copy, stdio: ['ignore', 'pipe', 'pipe'] },
      env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1' },
    });
    let output = '';
    child.stdout?.on('data', (data) => (output += data));
    child.stderr?.on('data', (data) => (output += data));
    const timer = setTimeout(() => child.kill('SIGKILL'), TEST_TIMEOUT_MS);
    child.on('close', () => {
      clearTimeout(timer);
      resolve(output);
    });
  });
}
