import { runCloud } from '../index.ts';

// The cloud as a process of its own: the only argument is its options as JSON.
await runCloud(JSON.parse(process.argv[2] as string));
