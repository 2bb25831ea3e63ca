import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

/** Hundreds of processes load the same modules: the first one compiles them for all. */
const COMPILED = join(import.meta.dirname, '..', 'node_modules', '.cache', 'compiled');
const PRELOAD = new URL('preload.ts', import.meta.url).href;
/** uvu says this when all tests of a file, and what comes after them, are over. */
const OVER = /^ {2}Duration:/m;

/** Test files, and how many of them run at once. */
export interface Row {
  readonly files: readonly string[];
  readonly atOnce: number;
}

export interface Limits {
  /** How long a file may take. */
  readonly fileMs: number;
  /** How long its process may go on when all its tests are over. */
  readonly endMs: number;
}

interface Outcome {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly output: string;
  readonly seconds: number;
}

/**
 * Runs every test file in a process of its own, so that one that hangs or crashes is named, shows
 * what a file that failed has said, and ends with one line: `N passed, N failed, N skipped`.
 * @param rows whoever has no file left in one takes files of the next
 * @returns how many failed; nothing to run is a failure
 */
export async function testFiles(
  rows: readonly Row[],
  limits: Limits,
  print: (text: string) => void,
): Promise<number> {
  const left = rows.map(({ files }) => [...files]);
  const outcomes: Outcome[] = [];
  const work = async (row: number) => {
    const next = () => [...left.slice(row), ...left].find((files) => files.length > 0)?.shift();
    for (let file = next(); file !== undefined; file = next()) {
      const outcome = await run(file, limits);
      outcomes.push(outcome);
      tell(outcome, print);
    }
  };
  await Promise.all(
    rows.flatMap(({ atOnce }, row) => Array.from({ length: atOnce }, () => work(row))),
  );
  for (const { output } of outcomes) {
    for (const [line] of output.matchAll(/^SKIPPED .*$/gm)) print(line);
  }
  const sum = (of: 'passed' | 'failed' | 'skipped') =>
    outcomes.reduce((all, one) => all + one[of], 0);
  const failed = sum('failed') + (outcomes.length === 0 ? 1 : 0);
  print(`${sum('passed')} passed, ${failed} failed, ${sum('skipped')} skipped`);
  return failed;
}

function tell({ file, passed, failed, skipped, seconds, output }: Outcome, print: Print): void {
  const mark = failed > 0 ? '✘' : '✔';
  const counted = `${passed} passed${plural(failed, 'failed')}${plural(skipped, 'skipped')}`;
  print(`${mark} ${file}  ${counted}  ${seconds.toFixed(1)} s`);
  if (failed > 0) print(output);
}

type Print = (text: string) => void;

function plural(count: number, word: string): string {
  return count > 0 ? `, ${count} ${word}` : '';
}

function run(file: string, { fileMs, endMs }: Limits): Promise<Outcome> {
  return new Promise((resolve) => {
    const began = performance.now();
    let output = '';
    const child = start(file);
    running.add(child);
    const hear = (data: Buffer) => {
      output += data;
      if (ending === undefined && OVER.test(output)) {
        ending = setTimeout(end, endMs, 'all its tests were over, but it did not end');
      }
    };
    const end = (why: string) => {
      output += `\n${file}: ${why}\n`;
      endAll(child);
    };
    const limit = setTimeout(end, fileMs, `it did not end within ${fileMs / 1000} s`);
    let ending: NodeJS.Timeout | undefined;
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.on('close', (code, signal) => {
      running.delete(child);
      clearTimeout(limit);
      clearTimeout(ending);
      if (signal) output += `\n${file}: ended by ${signal}\n`;
      const seconds = (performance.now() - began) / 1000;
      resolve({ file, output, seconds, ...counts(output, code) });
    });
  });
}

const running = new Set<ChildProcess>();

/** Ends what runs now, and all that it has started: for a run that is itself told to end. */
export function endTestFiles(): void {
  for (const child of running) endAll(child);
}

function endAll({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'ESRCH') throw fault;
  }
}

/** Each file has a process group of its own, so that nothing that it started outlives its limit. */
function start(file: string): ChildProcess {
  const flags = ['--disable-warning=ExperimentalWarning', '--import', PRELOAD];
  return spawn(process.execPath, [...flags, file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1', NODE_COMPILE_CACHE: COMPILED },
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
