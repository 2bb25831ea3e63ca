const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

const hooks = new Set<() => void>();

function sayAll(): void {
  for (const say of hooks) say();
}

/**
 * A signal that nobody else handles still ends the process as it would without us; where the
 * program has a handler of its own, that one decides (it stops the drivers, or exits).
 */
function onSignal(signal: NodeJS.Signals): void {
  sayAll();
  if (process.listenerCount(signal) > 1) return;
  process.off(signal, onSignal);
  process.kill(process.pid, signal);
}

/**
 * Runs `lastWords` when the process exits, fails on an uncaught error or is ended by a signal.
 * They must be synchronous. Nothing runs on SIGKILL or a power cut. Returns how to undo it.
 */
export function atExit(lastWords: () => void): () => void {
  if (hooks.size === 0) {
    process.on('exit', sayAll);
    for (const signal of SIGNALS) process.on(signal, onSignal);
  }
  hooks.add(lastWords);
  return () => {
    if (!hooks.delete(lastWords) || hooks.size > 0) return;
    process.off('exit', sayAll);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}
