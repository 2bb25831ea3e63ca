import { mkdir, readFile } from 'node:fs/promises';
import pino from 'pino';
import { systemClock } from './clock.ts';
import { readConfig } from './config.ts';
import { createGateway } from './gateway.ts';
import { systemIds } from './ids.ts';
import { isPlainHttp } from './local/index.ts';
import { createWatchdog, systemdNotify } from './watchdog.ts';

/** Log lines that a slow reader of standard error may leave waiting; no lane waits for a log. */
const LOG_BYTES_MAX = 1024 * 1024;

/** Runs a gateway until it is told to stop. Says one line on stdout when it is ready. */
export async function runGateway(configFile: string): Promise<void> {
  const lines = pino.destination({ dest: 2, sync: false, maxLength: LOG_BYTES_MAX });
  const log = pino({ base: { room: 'gateway' } }, lines);
  const config = await readConfig(configFile);
  await mkdir(config.data, { recursive: true, mode: 0o700 });
  const gateway = createGateway({
    config,
    clock: systemClock,
    ids: systemIds,
    random: Math.random,
    log,
    hardware: await hardwareModel(),
    // Whoever started this program starts it again: systemd, on a Pi.
    onRestart: () => process.kill(process.pid, 'SIGTERM'),
  });
  const port = await gateway.start();
  const scheme = isPlainHttp(config.web) ? 'http' : 'https';
  process.stdout.write(`gateway ready ${scheme}://${config.web.host}:${port}\n`);
  const watchdog = createWatchdog({
    lanes: () => gateway.status().lanes,
    notify: systemdNotify(process.env, log),
    clock: systemClock,
    log,
  });
  watchdog.start();
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  watchdog.stop();
  await gateway.stop();
  lines.flushSync();
}

/** Model and revision of this machine, as a Pi says it. */
export async function hardwareModel(): Promise<string> {
  const model = await readFile('/proc/device-tree/model', 'utf8').catch(() => '');
  return model.replace(/\0/g, '').trim() || `${process.platform} ${process.arch}`;
}
