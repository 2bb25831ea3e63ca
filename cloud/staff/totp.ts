import { Secret, TOTP } from 'otpauth';
import type { Random } from '../ports.ts';

const SECRET_BYTES = 20;
/** What every authenticator app takes. */
const SHAPE = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
/** Steps by which a phone's clock may be wrong, either way. */
export const SKEW_STEPS = 1;
const STEP_MS = SHAPE.period * 1_000;

/** A new secret, base32. */
export function newTotpSecret(random: Random): string {
  const bytes = Uint8Array.from(random(SECRET_BYTES));
  return new Secret({ buffer: bytes.buffer }).base32;
}

/** The address that an authenticator app reads from a QR. */
export function totpUri(secret: string, login: string, issuer: string): string {
  return new TOTP({ ...SHAPE, secret, issuer, label: login }).toString();
}

/**
 * The step whose code this is, one step of skew allowed; undefined for none. Whether the step was
 * used before is for whoever keeps them.
 */
export function totpStep(secret: string, code: string, now: number): number | undefined {
  const token = code.replace(/\s/g, '');
  if (!/^\d{6}$/.test(token)) return undefined;
  const delta = new TOTP({ ...SHAPE, secret }).validate({
    ...{ token, timestamp: now, window: SKEW_STEPS },
  });
  return delta === null ? undefined : Math.floor(now / STEP_MS) + delta;
}

/** The code that an authenticator shows at a moment. */
export function totpCode(secret: string, now: number): string {
  return new TOTP({ ...SHAPE, secret }).generate({ timestamp: now });
}
