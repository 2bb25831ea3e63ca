import { spawn } from 'node:child_process';
import { glob } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { freshenPages } from './pages.ts';

/**
 * Runs every test file in a process of its own, so that one that hangs or crashes is named, and
 * ends with one line: `N passed, N failed, N skipped`. Arguments narrow the run by file name.
 */
const FILE_TIMEOUT_MS = 1_200_000;
/** Many files wait for clocks, browsers and disks: one more than cores keeps the cores busy. */
const AT_ONCE = Math.max(2, Math.min(5, availableParallelism() + 1));
/** These hardly do anything else; one more of them at once costs the others little. */
const WAITING = /^attack\//;
/** Hundreds of processes load the same modules: the first one compiles them for all. */
const COMPILED = join(import.meta.dirname, '..', 'node_modules', '.cache', 'compiled');

interface Outcome {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly output: string;
  readonly seconds: number;
}

const words = process.argv.slice(2);
const files = (
  await Array.fromAsync(glob('*/**/*.test.ts', { exclude: ['**/node_modules/**', 'data/**'] }))
)
  .filter((file) => !file.includes('node_modules'))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort((a, b) => Number(isSlow(b)) - Number(isSlow(a)) || a.localeCompare(b));

// Once, before all: two files that build the same page would take it from each other.
await freshenPages();

const outcomes: Outcome[] = [];
const waiting = files.filter((file) => WAITING.test(file));
const others = files.filter((file) => !WAITING.test(file));
const workers = Array.from({ length: AT_ONCE }, () => work(others, waiting));
await Promise.all([...workers, work(waiting, others)]);
report();

/** What takes longest goes first, so that nothing is left to wait for at the end. */
function isSlow(file: string): boolean {
  return /\.browser\.|^simulation\/|crash|bulk|installer|demo\//.test(file);
}

async function work(mine: string[], then: string[]): Promise<void> {
  const next = () => mine.shift() ?? then.shift();
  for (let file = next(); file !== undefined; file = next()) {
    const outcome = await run(file);
    outcomes.push(outcome);
    const { passed, failed, skipped, seconds } = outcome;
    const mark = failed > 0 ? '✘' : '✔';
    console.log(
      `${mark} ${file}  ${passed} passed${plural(failed, 'failed')}${plural(skipped, 'skipped')}  ${seconds.toFixed(1)} s`,
    );
    if (failed > 0) console.log(outcome.output);
  }
}

function plural(count: number, word: string): string {
  return count > 0 ? `, ${count} ${word}` : '';
}

function run(file: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const began = performance.now();
    let output = '';
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1', NODE_COMPILE_CACHE: COMPILED },
    });
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    const timer = setTimeout(() => {
      output += `\n${file} did not end within ${FILE_TIMEOUT_MS / 1000} s`;
      child.kill('SIGKILL');
    }, FILE_TIMEOUT_MS);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({
        file,
        output,
        seconds: (performance.now() - began) / 1000,
        ...counts(output, code),
      });
    });
  });
}

/** Reads uvu's own totals; a process that ended badly without a failed test counts as one. */
function counts(output: string, code: number | null) {
  const total = number(/^ {2}Total:\s+(\d+)/m.exec(output));
  const passed = number(/^ {2}Passed:\s+(\d+)/m.exec(output));
  const skipped = number(/^ {2}Skipped:\s+(\d+)/m.exec(output));
  const failed = total - passed;
  const silent = total === 0 && skipped === 0;
  return { passed, skipped, failed: failed === 0 && (code !== 0 || silent) ? 1 : failed };
}

function number(match: RegExpExecArray | null): number {
  return match ? Number(match[1]) : 0;
}

function report(): void {
  const sum = (pick: (outcome: Outcome) => number) =>
    outcomes.reduce((all, one) => all + pick(one), 0);
  for (const { output } of outcomes) {
    for (const [line] of output.matchAll(/^SKIPPED .*$/gm)) console.log(line);
  }
  const failed = sum((outcome) => outcome.failed) + (files.length === 0 ? 1 : 0);
  console.log(`${sum((o) => o.passed)} passed, ${failed} failed, ${sum((o) => o.skipped)} skipped`);
  process.exitCode = failed === 0 ? 0 : 1;
}
