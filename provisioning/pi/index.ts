/** Releases on a machine: sign, bring in, try, keep or take back. */
export { alone } from './alone.ts';
export { releaseErrors } from './errors.ts';
export { RunningStatus } from './health-checks.ts';
export { checkRelease, Manifest, signRelease } from './manifest.ts';
export { createReleases, type Releases } from './releases.ts';
export { rollBack, type UpdateParts, type UpdateStep, update } from './update.ts';
