import { randomBytes } from 'node:crypto';
import { GatehouseError } from '@gatehouse/protocol';
import { pino } from 'pino';
import { type CloudOptions, createCloud } from './cloud.ts';
import { systemClock } from './ports.ts';

/** Longest wait for a clean stop; then the process ends anyway. */
const STOP_WITHIN_MS = 10_000;

export type RunOptions = Omit<CloudOptions, 'clock' | 'random' | 'log'>;

/**
 * Runs the cloud as this process until SIGTERM or SIGINT. Prints one line on stdout when it is
 * ready; logs go to stderr. A start that fails sets the exit code and says why in one line.
 */
export async function runCloud(options: RunOptions): Promise<void> {
  const serializers = { fault: pino.stdSerializers.err };
  const log = pino({ base: null, serializers }, pino.destination({ dest: 2, sync: true }));
  const cloud = createCloud({ ...options, clock: systemClock, random: randomBytes, log });
  try {
    await cloud.start();
  } catch (cause) {
    const code = cause instanceof GatehouseError ? cause.code : (cause as { code?: string }).code;
    log.error({ code, fault: cause }, 'the cloud could not start');
    process.exitCode = 1;
    return;
  }
  const stop = (signal: NodeJS.Signals) => {
    log.info({ signal }, 'the cloud stops');
    const late = setTimeout(() => process.exit(1), STOP_WITHIN_MS);
    late.unref();
    cloud.stop().then(
      () => clearTimeout(late),
      (fault) => {
        log.error({ fault }, 'the cloud did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  process.stdout.write(`cloud ready http://${host}:${cloud.ports().http}\n`);
}
