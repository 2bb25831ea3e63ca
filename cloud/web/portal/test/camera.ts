import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '..', '..', '..', '..');

/** Reads pictures as a gateway's camera does; the one code of each, or '' where there is none. */
export async function readByCamera(files: readonly string[]): Promise<string[]> {
  const program = join(ROOT, 'bin', 'gatehouse.ts');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', program, 'decode', '--json', ...files],
    { cwd: ROOT },
  );
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).codes[0]?.text ?? '');
}
