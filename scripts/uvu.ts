/**
 * uvu as test files get it when they are run by `npm test`. By itself it keeps silent about what a
 * hook throws, and lets a file whose only tests were skipped pass although its `before` failed.
 */
import * as uvu from 'uvu';

type Test = uvu.Test;
type Callback = uvu.Callback;
type Hook = Test['before'];

export const { exec } = uvu;
export const test = telling(uvu.test, 'this file');
export const suite = (title = '', context: Record<string, unknown> = {}): Test =>
  telling(uvu.suite(title, context), `“${title}”`);

function telling(of: Test, whose: string): Test {
  of.before = tellingHook(of.before, `before all of ${whose}`);
  of.after = tellingHook(of.after, `after all of ${whose}`);
  return of;
}

function tellingHook(add: Hook, when: string): Hook {
  const once = (hook: Callback) => add(told(hook, when));
  return Object.assign(once, {
    each: (hook: Callback) => add.each(told(hook, when.replace('all', 'each'))),
  });
}

function told(hook: Callback, when: string): Callback {
  return async (context) => {
    try {
      await hook(context);
    } catch (fault) {
      console.error(`\nThrown ${when}:`, fault);
      process.once('exit', () => {
        process.exitCode ||= 1;
      });
      throw fault;
    }
  };
}
