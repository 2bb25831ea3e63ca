import { glob } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { freshenPages } from './pages.ts';
import { PATIENCE_MS } from './patience.ts';
import { endTestFiles, testFiles } from './test-files.ts';

/** Runs all test files, as docs/architecture.md tells; arguments narrow the run by file name. */
const LIMITS = { fileMs: 1_200_000, endMs: PATIENCE_MS };
/** Many files wait for clocks, browsers and disks: one more than cores keeps the cores busy. */
const AT_ONCE = Math.max(2, Math.min(5, availableParallelism() + 1));
/** These hardly do anything else; one more of them at once costs the others little. */
const WAITING = /^attack\/|killed-while|booted/;
/** What takes longest goes first, so that nothing is left to wait for at the end. */
const LONG = [
  /^simulation\/|door-page|pi\/install|offline-phone|kill-/,
  /demo\/.*browser|bulk|looks|alike|handheld\.browser|shop\.browser|bad-codes|peers\.test/,
  /\.browser\.|crash|demo\/|^bin\/|^attack\//,
];

const words = process.argv.slice(2);
const files = (
  await Array.fromAsync(glob('*/**/*.test.ts', { exclude: ['**/node_modules/**', 'data/**'] }))
)
  .filter((file) => !file.includes('node_modules'))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));

// Once, before all: two files that build the same page would take it from each other.
await freshenPages();

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    endTestFiles();
    process.exit(1);
  });
}
const others = { files: files.filter((file) => !WAITING.test(file)), atOnce: AT_ONCE };
const waiting = { files: files.filter((file) => WAITING.test(file)), atOnce: 1 };
const failed = await testFiles([others, waiting], LIMITS, console.log);
process.exitCode = failed === 0 ? 0 : 1;

function rank(file: string): number {
  const found = LONG.findIndex((kind) => kind.test(file));
  return found < 0 ? LONG.length : found;
}
