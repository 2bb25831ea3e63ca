import type { Verdict } from '@gatehouse/protocol';
import type { Clock } from '../clock.ts';

/** A rule of the venue gets this long; then the lane goes on without it. */
export const POLICY_DEADLINE_MS = 50;

export interface PolicyFacts {
  readonly scanId: string;
  readonly lane: string;
  readonly verdict: Verdict;
  readonly ticket?: string | undefined;
  readonly performance?: string | undefined;
}

/** A rule of the venue: gives words to refuse with, or nothing. It can never admit. */
export type Policy = (facts: PolicyFacts) => Promise<string | undefined>;

/** Asks the rule; a late or failing rule has no say. */
export async function askPolicy(
  policy: Policy | undefined,
  { scanId, lane, verdict, ticket, performance }: PolicyFacts,
  clock: Clock,
): Promise<string | undefined> {
  if (!policy) return undefined;
  let timer: unknown;
  const late = new Promise<undefined>((resolve) => {
    timer = clock.setTimeout(() => resolve(undefined), POLICY_DEADLINE_MS);
  });
  const said = Promise.resolve()
    .then(() => policy({ scanId, lane, verdict, ticket, performance }))
    .catch(() => undefined);
  const words = await Promise.race([said, late]);
  clock.clearTimeout(timer);
  return words;
}
