import type { Clock } from '../clock.ts';
import { type GatewayErrorCode, gatewayError } from '../errors.ts';
import type { Log } from '../log.ts';

/** The same trouble from the same side is written down once in this time, so that none fills a log. */
const SAY_AGAIN_MS = 600_000;
/** Different lines in that time; what comes on top is only counted. */
const LINES_MAX = 32;

export type Refuse = (code: GatewayErrorCode, details: Record<string, string | number>) => void;

/** Writes trouble with other gateways into the log, no matter how often it comes. */
export function createRefusals({ clock, log }: { clock: Clock; log: Log }): Refuse {
  const said = new Set<string>();
  let begun = Number.NEGATIVE_INFINITY;
  let unsaid = 0;

  return (code, details) => {
    if (clock.mono() - begun > SAY_AGAIN_MS) {
      if (unsaid > 0) log.warn({ unsaid }, 'more trouble with other gateways than is written');
      begun = clock.mono();
      unsaid = 0;
      said.clear();
    }
    const line = JSON.stringify([code, details]);
    if (said.has(line)) return;
    if (said.size >= LINES_MAX) {
      unsaid += 1;
      return;
    }
    said.add(line);
    const told = gatewayError(code, details);
    log.warn({ code: told.code, ...details }, told.message);
  };
}
