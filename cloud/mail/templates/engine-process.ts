import vm from 'node:vm';
import { type Job, type Outcome, RENDER_MS_MAX, render } from './render.ts';

/**
 * The process in which templates run. A thread would not do: a template that makes one huge string
 * in it aborts the whole process. The time limit is kept in here, so that nothing goes on running
 * when the cloud is gone; the cloud has a second one.
 */
const TIMED_OUT = 'ERR_SCRIPT_EXECUTION_TIMEOUT';
const script = new vm.Script('renderJob()');

process.on('message', (job: Job) => process.send?.(withinTime(job)));
process.on('disconnect', () => process.exit(0));
process.send?.('ready');

function withinTime(job: Job): Outcome {
  Object.assign(globalThis, { renderJob: () => render(job) });
  try {
    return script.runInThisContext({ timeout: RENDER_MS_MAX }) as Outcome;
  } catch (cause) {
    if ((cause as { code?: string }).code === TIMED_OUT) return { ok: false, fault: 'too-slow' };
    throw cause;
  }
}
