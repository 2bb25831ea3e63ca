import { releaseError } from './errors.ts';
import { doorsOpen, passing, type RunningStatus } from './health-checks.ts';
import type { Releases, Trial } from './releases.ts';

/** How long a new release has to pass every check that passed before. */
export const TRIAL_MAX_MS = 120_000;
/** How often it is asked, and for how long it must hold once it passes. */
export const ASK_EVERY_MS = 1_000;
export const HOLD_MS = 15_000;

/** The steps of an update, in order; a power cut may come after any of them. */
export type UpdateStep =
  | 'added'
  | 'asked'
  | 'switched'
  | 'restarted'
  | 'judged'
  | 'kept'
  | 'taken-back';

export interface UpdateParts {
  readonly releases: Releases;
  /** `GET /status` of the running gateway, undefined when nobody answers. */
  status(): Promise<RunningStatus | undefined>;
  /** Restarts the service; resolves when the start was given, whether or not it is up. */
  restart(): Promise<void>;
  readonly clock: { now(): number; wait(milliseconds: number): Promise<void> };
  readonly onStep?: ((step: UpdateStep) => void) | undefined;
  /** Where tests have less patience. */
  readonly patience?: { readonly trial: number; readonly every: number; readonly hold: number };
}

const PATIENCE = { trial: TRIAL_MAX_MS, every: ASK_EVERY_MS, hold: HOLD_MS };

/**
 * Brings a release in, tries it once and keeps it only if every check that passed before passes
 * again; else what ran before runs again.
 * @returns the version that runs now
 * @throws codes of errors.ts; `update-taken-back` after a trial that was lost
 */
export async function update(
  source: { readonly path: string; readonly keyFile: string },
  parts: UpdateParts,
): Promise<string> {
  await settle(parts);
  await refuseOpenDoors(parts);
  const from = await parts.releases.current();
  const to = await parts.releases.add(source.path, source.keyFile);
  if (from === undefined) throw releaseError('release-missing', {});
  if (from === to) throw releaseError('release-known', { version: to });
  parts.onStep?.('added');
  return tryOut({ from, to }, parts);
}

/**
 * Goes back to the release that ran before, as an update does: tried once, kept if it holds.
 * @throws `release-missing` and as `update`
 */
export async function rollBack(parts: UpdateParts): Promise<string> {
  await settle(parts);
  await refuseOpenDoors(parts);
  const [from, to] = [await parts.releases.current(), await parts.releases.previous()];
  const isEarlier = from !== undefined && to !== undefined && from !== to;
  if (!isEarlier) throw releaseError('release-missing', {});
  return tryOut({ from, to }, parts);
}

/** A trial whose judge died is judged as lost: what ran before is known to hold. */
async function settle({ releases, restart }: UpdateParts): Promise<void> {
  const trial = await releases.trial();
  if (!trial) return;
  const wasCurrent = (await releases.current()) === trial.to;
  await releases.takeBack(trial);
  if (wasCurrent) await restart();
}

async function refuseOpenDoors(parts: UpdateParts): Promise<RunningStatus | undefined> {
  const status = await parts.status();
  const reason = doorsOpen(status);
  if (reason !== undefined) throw releaseError('update-doors-open', { reason });
  return status;
}

async function tryOut(trial: Trial, parts: UpdateParts): Promise<string> {
  const { releases, onStep } = parts;
  // unpacking may take minutes: doors may have opened since
  const before = passing(await refuseOpenDoors(parts));
  onStep?.('asked');
  await releases.tryOut(trial);
  onStep?.('switched');
  const missing = await tried(before, trial, parts);
  onStep?.('judged');
  if (missing.length === 0) {
    await releases.keep(trial);
    onStep?.('kept');
    return trial.to;
  }
  await releases.takeBack(trial);
  onStep?.('taken-back');
  // a service that cannot be restarted is told with the rest; the release before is in its place
  await parts.restart().catch((error: Error) => missing.push(error.message));
  const checks = missing.join(', ');
  throw releaseError('update-taken-back', { version: trial.to, before: trial.from, checks });
}

/** Starts the release on trial; gives what it does not do that was done before. */
async function tried(
  before: ReadonlySet<string>,
  trial: Trial,
  parts: UpdateParts,
): Promise<string[]> {
  try {
    await parts.restart();
  } catch (error) {
    return [(error as Error).message];
  }
  parts.onStep?.('restarted');
  return judge(before, trial, parts);
}

/** The checks that passed before and do not pass now; none once all have held for a while. */
async function judge(
  before: ReadonlySet<string>,
  trial: Trial,
  { releases, status, clock, patience = PATIENCE }: UpdateParts,
): Promise<string[]> {
  const end = clock.now() + patience.trial;
  let heldSince: number | undefined;
  for (;;) {
    await clock.wait(patience.every);
    // it fell over, and its second start has taken it back
    if ((await releases.current()) !== trial.to) return ['it ended by itself'];
    const now = passing(await status());
    const missing = [...before, 'answers'].filter((name) => !now.has(name));
    if (missing.length > 0) heldSince = undefined;
    else heldSince ??= clock.now();
    if (heldSince !== undefined && clock.now() - heldSince >= patience.hold) return [];
    if (clock.now() >= end) return [...new Set(missing.length > 0 ? missing : ['holding still'])];
  }
}
