import type { ValidateAnswer, ValidateRequest } from '@gatehouse/protocol';
import type { Clock, Timer } from '../clock.ts';
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
}

export interface CloudQuestionOptions {
  readonly link: Link;
  readonly clock: Clock;
  readonly log: Log;
  /** Told of every answer, and of every deadline that went by. */
  readonly pulse: { answered(): void; unanswered(): void };
}

export function createCloudQuestion(options: CloudQuestionOptions): CloudQuestion {
  const { link, clock, log, pulse } = options;
  const underWay = new Map<string, (answer: ValidateAnswer | undefined) => void>();
  let unhear: (() => void)[] = [];

  function ask(question: Question): Promise<ValidateAnswer | undefined> {
    if (underWay.size >= UNDER_WAY_MAX) return Promise.resolve(undefined);
    const request = { ...question, deadlineMs: DEADLINE_MS };
    return new Promise((resolve) => {
      const timers: Timer[] = [
        clock.setTimeout(() => link.send('validate', { ...request, attempt: 2 }), REPEAT_AFTER_MS),
        clock.setTimeout(() => finish(undefined), DEADLINE_MS),
      ];
      function finish(answer: ValidateAnswer | undefined): void {
        if (!underWay.delete(question.scanId)) return;
        for (const timer of timers) clock.clearTimeout(timer);
        if (answer) pulse.answered();
        else pulse.unanswered();
        resolve(answer);
      }
      underWay.set(question.scanId, finish);
      link.send('validate', { ...request, attempt: 1 });
    });
  }

  return {
    start() {
      unhear = [
        link.hear('validate', (answer) => underWay.get(answer.scanId)?.(answer)),
        link.hear('rejected', ({ topic, code, message, scanId }) => {
          log.error({ topic, code, reason: message }, 'the cloud could not take a message');
          if (scanId !== undefined) underWay.get(scanId)?.(undefined);
        }),
      ];
    },
    stop() {
      for (const stop of unhear) stop();
      for (const finish of [...underWay.values()]) finish(undefined);
    },
    ask,
  };
}
