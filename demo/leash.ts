/**
 * Loaded into every process that the demonstration starts: when the one who started it is gone,
 * however it went, standard input ends and the process ends itself as if it had been asked to.
 */
process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM'));
process.stdin.on('error', () => process.kill(process.pid, 'SIGTERM'));
process.stdin.resume();
// a socket or pipe; it must not keep a process alive that has nothing else to do
(process.stdin as { unref?: () => void }).unref?.();
