import type { ValidateAnswer, ValidateRequest } from '@gatehouse/protocol';
import type { Clock, Timer } from '../clock.ts';
import { gatewayError } from '../errors.ts';
import type { Link } from '../link.ts';
import type { Log } from '../log.ts';

/** How long a lane waits in all, and when it asks once more under the same scan id. */
export const DEADLINE_MS = 1_500;
export const REPEAT_AFTER_MS = 500;
/** Questions under way at once; a gateway has fewer lanes than this. */
const UNDER_WAY_MAX = 64;

export type Question = Omit<ValidateRequest, 'attempt' | 'deadlineMs'>;

/** Asks the cloud about one scan. */
export interface CloudQuestion {
  start(): void;
  stop(): void;
  /** The answer, or `undefined` where none came within the deadline. */
  ask(question: Question): Promise<ValidateAnswer | undefined>;
  /** The uplink is not to be trusted: nobody waits on for an answer. */
  giveUp(): void;
}

export interface CloudQuestionOptions {
  readonly link: Link;
  readonly clock: Clock;
  readonly log: Log;
  /** Told of every answer, and of every deadline that went by. */
  readonly pulse: { answered(): void; unanswered(): void };
}

type Outcome = ValidateAnswer | 'rejected' | 'given-up' | undefined;

export function createCloudQuestion(options: CloudQuestionOptions): CloudQuestion {
  const { link, clock, log, pulse } = options;
  const underWay = new Map<string, (outcome: Outcome) => void>();
  let unhear: (() => void)[] = [];

  function ask(question: Question): Promise<ValidateAnswer | undefined> {
    if (underWay.size >= UNDER_WAY_MAX) return Promise.resolve(undefined);
    const request = { ...question, deadlineMs: DEADLINE_MS };
    return new Promise((resolve) => {
      const timers: Timer[] = [
        clock.setTimeout(() => link.send('validate', { ...request, attempt: 2 }), REPEAT_AFTER_MS),
        clock.setTimeout(() => finish(undefined), DEADLINE_MS),
      ];
      function finish(outcome: Outcome): void {
        if (!underWay.delete(question.scanId)) return;
        for (const timer of timers) clock.clearTimeout(timer);
        // A message that the cloud could not take was heard all the same.
        if (outcome === undefined) pulse.unanswered();
        else if (outcome !== 'given-up') pulse.answered();
        resolve(typeof outcome === 'object' ? outcome : undefined);
      }
      underWay.set(question.scanId, finish);
      link.send('validate', { ...request, attempt: 1 });
    });
  }

  function giveUp(): void {
    for (const finish of [...underWay.values()]) finish('given-up');
  }

  return {
    start() {
      unhear = [
        link.hear('validate', (answer) => underWay.get(answer.scanId)?.(answer)),
        link.hear('rejected', ({ topic, code, message, scanId }) => {
          const { message: fault } = gatewayError('cloud-rejected', { topic, reason: message });
          log.error({ code: 'cloud-rejected', topic, reason: code }, fault);
          if (scanId !== undefined) underWay.get(scanId)?.('rejected');
        }),
      ];
    },
    stop() {
      for (const stop of unhear) stop();
      giveUp();
    },
    ask,
    giveUp,
  };
}
