import { createPublicKey } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { CONFIG_PREFIX, GatehouseError } from '@gatehouse/protocol';
import {
  type ConfiguredDevice,
  claimEntrance,
  joinWifi,
  loadEnrolment,
  provisioningError,
  readConfigCode,
  type TypedTwin,
  verifyConfigCode,
} from '@gatehouse/provisioning';
import type { Clock, Timer } from '../clock.ts';
import type { GatewayConfig } from '../config.ts';
import { gatewayError } from '../errors.ts';
import type { Log } from '../log.ts';

/** A config code that failed is not tried again sooner. */
export const CLAIM_AGAIN_MS = 5_000;
/** A picture on the boot partition, or a claim by the command line, is looked for so often. */
export const LOOK_FOR_CODE_MS = 5_000;

export interface ClaimingParts {
  readonly config: Pick<GatewayConfig, 'data' | 'configPicture'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly hardware: string;
  readonly software: string;
  /** The codes in a picture. */
  texts(file: string): Promise<readonly string[]>;
  /** A claim has begun. */
  onClaiming(): void;
  onFailed(code: string): void;
  onConfigured(device: ConfiguredDevice): Promise<void>;
}

/** Takes config codes: the first it sees while unconfigured, and while armed another. */
export interface Claiming {
  /** Looks for a picture and for a claim by others, until `stop`. */
  start(): void;
  /** There is no need to look any more. */
  pause(): void;
  stop(): Promise<void>;
  /** A code was read. @param device what is configured now, if anything */
  claim(text: string, device?: ConfiguredDevice): void;
  /**
   * A code was typed, and the server’s root compared; what becomes of it is told as of any other.
   * @throws `claim-busy`
   */
  claimTyped(twin: TypedTwin): void;
}

export function createClaiming(parts: ClaimingParts): Claiming {
  const { config, clock, log } = parts;
  let claimedAt = Number.NEGATIVE_INFINITY;
  let busy: Promise<void> | undefined;
  let seen = 0;
  let timer: Timer;
  let looking = false;

  async function enrol(configText: string | TypedTwin, device?: ConfiguredDevice): Promise<void> {
    if (device && typeof configText === 'string') checkOwn(configText, device);
    await claimEntrance({
      ...{ configText, dataDir: config.data, joinWifi, replace: device !== undefined },
      // Only the server knows the time for certain: a Pi may be a year off.
      clock: { now: () => clock.wall(), trusted: false },
      ...{ hardware: parts.hardware, software: parts.software },
    });
    await load();
  }

  async function load(): Promise<void> {
    const kept = await loadEnrolment(config.data);
    if (kept.state === 'configured') await parts.onConfigured(kept);
  }

  function claim(text: string, device?: ConfiguredDevice): void {
    const now = clock.mono();
    if (busy || now - claimedAt < CLAIM_AGAIN_MS) return;
    claimedAt = now;
    begin(text, device);
  }

  function begin(configText: string | TypedTwin, device?: ConfiguredDevice): void {
    parts.onClaiming();
    busy = enrol(configText, device)
      .catch((error: GatehouseError) => {
        const { code = 'config-code-damaged' } = error;
        log.error({ code, fault: error.message }, 'not configured');
        parts.onFailed(code);
      })
      .finally(() => {
        busy = undefined;
      });
  }

  async function look(): Promise<void> {
    if (busy) return;
    await load();
    const { configPicture: file } = config;
    if (!looking || file === undefined) return;
    const found = await stat(file).catch(() => undefined);
    if (!found || found.mtimeMs === seen) return;
    seen = found.mtimeMs;
    const texts = await parts.texts(file);
    const text = texts.find((one) => one.startsWith(CONFIG_PREFIX));
    if (text !== undefined) return claim(text);
    const code = texts.length === 0 ? 'config-code-unseen' : 'config-code-foreign';
    log.warn({ file, code }, 'no config code in the picture');
    parts.onFailed(code);
  }

  function plan(): void {
    if (!looking) return;
    timer = clock.setTimeout(() => {
      look()
        .catch((error: Error) => log.warn({ fault: error.message }, 'no config code found'))
        .finally(plan);
    }, LOOK_FOR_CODE_MS);
  }

  function pause(): void {
    looking = false;
    clock.clearTimeout(timer);
  }

  return {
    claim,
    claimTyped(twin) {
      if (busy) throw gatewayError('claim-busy');
      begin(twin);
    },
    pause,
    start() {
      if (looking) return;
      looking = true;
      plan();
    },
    async stop() {
      pause();
      await busy;
    },
  };
}

/** Another theatre's code needs a factory reset first. */
function checkOwn(text: string, { enrolment }: ConfiguredDevice): void {
  const read = readConfigCode(text);
  const { tenantKey } = enrolment;
  const another = provisioningError('configured-for-another', { tenant: 'another theatre' });
  if (tenantKey === undefined) throw another;
  const der = Buffer.from(tenantKey, 'base64');
  try {
    verifyConfigCode(read, createPublicKey({ key: der, format: 'der', type: 'spki' }));
  } catch (cause) {
    throw cause instanceof GatehouseError ? another : cause;
  }
}
