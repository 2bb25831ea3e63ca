import vm from 'node:vm';
import { type Job, type Outcome, RENDER_MS_MAX } from './job.ts';
import { render } from './render.ts';

/**
 * The process in which templates run. A thread would not do: a template that makes one huge string
 * in it aborts the whole process. The time limit is kept in here, so that nothing goes on running
 * when the cloud is gone; the cloud has a second one.
 */
const TIMED_OUT = 'ERR_SCRIPT_EXECUTION_TIMEOUT';
const script = new vm.Script('renderJob()');

/** The engine's first use loads and compiles it; no guest's mail shall run out of time for that. */
const FIRST: Job = {
  parts: {
    subject: '{{ name|upper }}',
    html: '{% set all = [1, 2] %}{% for one in all %}{% if one > 1 %}<p>{{ one }}</p>{% endif %}{% endfor %}',
    text: null,
  },
  data: { name: 'gatehouse' },
  language: 'en',
  timeZone: 'UTC',
};
render(FIRST);

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
