/**
 * Loaded into every process that the demonstration starts: when the one who started it is gone,
 * however it went, standard input ends and the process ends itself as if it had been asked to.
 */
import { isMainThread } from 'node:worker_threads';

// worker threads load this too, and have no standard input of their own
if (isMainThread) {
  const end = () => process.kill(process.pid, 'SIGTERM');
  process.stdin.on('end', end);
  process.stdin.on('error', end);
  process.stdin.resume();
  // it must not keep a process alive that has nothing else to do
  (process.stdin as { unref?: () => void }).unref?.();
}
