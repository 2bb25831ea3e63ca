/** Loaded before each test file (`node --import`), so that what its hooks throw is told. */
import { registerHooks } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const TOLD = new URL('uvu.ts', import.meta.url).href;

if (isMainThread) {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (specifier !== 'uvu') return next(specifier, context);
      // The test file itself asks first; a hook that stays would cost at every module.
      hooks.deregister();
      return { url: TOLD, format: 'module-typescript', shortCircuit: true };
    },
  });
}
