import { enableCompileCache, flushCompileCache } from 'node:module';

// Compiled once for all the clouds that tests start; kept at once, since many of them are killed.
enableCompileCache?.();
const { runCloud } = await import('../index.ts');

// The cloud as a process of its own: the only argument is its options as JSON.
await runCloud(JSON.parse(process.argv[2] as string));
flushCompileCache?.();
