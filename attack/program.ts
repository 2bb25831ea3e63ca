import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(import.meta.dirname, '..');
/** Ends the process when the one who started it is gone. */
const LEASH = join(ROOT, 'demo', 'leash.ts');
const GATEHOUSE = join(ROOT, 'bin', 'gatehouse.ts');
const LOG_LINES_MAX = 200;

/** Gateway or cloud as a process of its own. */
export interface Program {
  /** Gives the address of its pages once it says that it is ready. */
  start(): Promise<string>;
  /** SIGKILL: it writes and says nothing more. */
  kill(): Promise<void>;
  /** SIGTERM; gives the exit code. */
  stop(): Promise<number | null>;
  /** Resolves when the process that runs now is gone. */
  gone(): Promise<void>;
  readonly running: boolean;
  /** Its last log lines. */
  readonly log: readonly string[];
}

export function program(...args: string[]): Program {
  let child: ChildProcess | undefined;
  let gone: Promise<void> = Promise.resolve();
  const log: string[] = [];

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    const last = child;
    last?.kill(signal);
    await gone;
    return last?.exitCode ?? null;
  }

  return {
    async start() {
      const next = spawn(process.execPath, ['--import', LEASH, GATEHOUSE, ...args], {
        cwd: ROOT,
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      child = next;
      // a process that is gone takes no more input; its end is told by 'close'
      next.stdin.on('error', () => undefined);
      gone = once(next, 'close').then(() => {
        if (child === next) child = undefined;
      });
      createInterface({ input: next.stderr }).on('line', (line) => {
        log.push(line);
        if (log.length > LOG_LINES_MAX) log.shift();
      });
      const lines = createInterface({ input: next.stdout });
      return new Promise<string>((resolve, reject) => {
        lines.on('line', (line) => {
          const url = / ready (\S+)$/.exec(line)?.[1];
          if (url !== undefined) resolve(url);
        });
        void gone.then(() => reject(new Error(`ended before it was ready: ${log.join('\n')}`)));
      });
    },
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    gone: () => gone,
    get running() {
      return child !== undefined;
    },
    log,
  };
}
