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
  facts: PolicyFacts,
  clock: Clock,
): Promise<string | undefined> {
  if (!policy) return undefined;
  return new Promise((resolve) => {
    const timer = clock.setTimeout(() => resolve(undefined), POLICY_DEADLINE_MS);
    policy(facts)
      .catch(() => undefined)
      .then((words) => {
        clock.clearTimeout(timer);
        resolve(words);
      });
  });
}
