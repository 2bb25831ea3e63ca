import { type ChildProcess, fork } from 'node:child_process';
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { GatehouseError } from '@gatehouse/protocol';
import { mailError } from '../errors.ts';
import { type Job, type Outcome, RENDER_MS_MAX, type Rendered, type Use } from './job.ts';

/** Beyond `RENDER_MS_MAX`: then the process is ended from outside. */
const KILL_AFTER_MS = 4_000;
/** How long a new process may take until it is ready; most of it is loading the engine. */
const READY_MS_MAX = 20_000;
/** Jobs that wait for the one process. */
export const JOBS_MAX = 200;
/** Memory of the process in MiB; a template that needs more ends it. */
const MEMORY_MB_MAX = 64;

/** Fills in templates in a process of its own, one after the other. */
export interface Engine {
  /**
   * @throws GatehouseError `template-faulty`, `template-too-slow`, `template-too-much`,
   *   `template-busy`
   */
  render(job: Job): Promise<{ mail: Rendered; uses: readonly Use[] }>;
  /** Lets the jobs in hand end, then ends the process. */
  stop(): Promise<void>;
}

/** Its time limits are never simulated: they guard against work that is really done. */
export function createEngine(): Engine {
  let child: ChildProcess | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let stopped = false;

  function drop(): void {
    child?.kill('SIGKILL');
    child = undefined;
  }

  async function run(job: Job) {
    if (stopped) throw mailError('template-busy');
    try {
      child ??= await startProcess();
      return finished(await answerOf(child, RENDER_MS_MAX + KILL_AFTER_MS, job));
    } catch (cause) {
      // After a fault in the text of a template the process is as good as new.
      const own = cause instanceof GatehouseError && cause.code === 'template-faulty';
      if (!own) drop();
      throw cause;
    }
  }

  return {
    async render(job) {
      if (waiting >= JOBS_MAX) throw mailError('template-busy');
      waiting += 1;
      const mine = last.then(() => run(job));
      last = mine.catch(() => undefined);
      return mine.finally(() => {
        waiting -= 1;
      });
    },
    async stop() {
      stopped = true;
      await last;
      drop();
    },
  };
}

function compiledCode(): NodeJS.ProcessEnv {
  // Node names its own folder in the one that it was given.
  const own = getCompileCacheDir();
  return own === undefined ? {} : { NODE_COMPILE_CACHE: dirname(own) };
}

async function startProcess(): Promise<ChildProcess> {
  const child = fork(new URL('./engine-process.ts', import.meta.url), {
    execArgv: [`--max-old-space-size=${MEMORY_MB_MAX}`],
    // Nothing of the cloud's, but where code lies compiled: loading it is most of a start.
    env: compiledCode(),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  });
  try {
    await answerOf(child, READY_MS_MAX);
    return child;
  } catch (cause) {
    child.kill('SIGKILL');
    throw cause;
  }
}

/** The next word of the process, or why there is none. An idle one keeps nothing alive. */
function answerOf(child: ChildProcess, within: number, job?: Job): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.ref();
    child.channel?.ref();
    const late = setTimeout(
      () => end(() => reject(mailError('template-too-slow', { milliseconds: within }))),
      within,
    );
    const said = (value: unknown) => end(() => resolve(value));
    // Out of memory is the one way in which a template can end its process.
    const failed = () => end(() => reject(mailError('template-too-much')));
    function end(settle: () => void) {
      clearTimeout(late);
      child.off('message', said).off('error', failed).off('exit', failed);
      child.channel?.unref();
      child.unref();
      settle();
    }
    child.on('message', said).on('error', failed).on('exit', failed);
    if (job) child.send(job, (cause) => cause && failed());
  });
}

function finished(answer: unknown) {
  const outcome = answer as Outcome;
  if (outcome.ok) return { mail: outcome.mail, uses: outcome.uses };
  if (outcome.fault === 'too-much') throw mailError('template-too-much');
  if (outcome.fault === 'too-slow') {
    throw mailError('template-too-slow', { milliseconds: RENDER_MS_MAX });
  }
  throw mailError('template-faulty', { ...outcome.fault });
}
