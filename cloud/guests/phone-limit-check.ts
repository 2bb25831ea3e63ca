import type { PhoneCodeStore } from './phone-code-store.ts';
import { type Dialling, NEAR, type PhoneLimits } from './phone-limits.ts';
import type { CountedBy, PhoneSendStore, Sending } from './phone-send-store.ts';
import type { AlarmCode } from './sms/index.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

export type LimitCode =
  | 'code-resend-early'
  | 'code-number-limit'
  | 'code-number-day-limit'
  | 'code-number-blocked'
  | 'code-address-limit'
  | 'code-network-limit'
  | 'code-prefix-blocked'
  | 'code-country-limit'
  | 'code-tenant-limit';

export interface Reached {
  readonly code: LimitCode;
  /** Until another may be sent, as far as this limit goes. */
  readonly waitMs: number;
}

interface Window {
  readonly code: LimitCode;
  readonly by: CountedBy;
  readonly most: number;
  readonly ms: number;
  /** Raised from 80 % on. */
  readonly near?: AlarmCode;
}

/**
 * Whether one more code may be sent; inside the caller's batch, before it is counted.
 * @param own whether the address is one of the house: then addresses are not counted
 */
export function checkLimits(
  sending: Sending,
  parts: { limits: PhoneLimits; sends: PhoneSendStore; codes: PhoneCodeStore; own: boolean },
): { reached?: Reached; near: AlarmCode[] } {
  const { limits, sends, codes, own } = parts;
  const { at, tenant, number } = sending;
  if (codes.failures(tenant, number) >= limits.failuresInARow) {
    return { reached: { code: 'code-number-blocked', waitMs: DAY_MS }, near: [] };
  }
  const early = resend(sending, limits, sends);
  if (early > 0) return { reached: { code: 'code-resend-early', waitMs: early }, near: [] };
  const near: AlarmCode[] = [];
  for (const window of windowsOf(limits, sending.dialling as Dialling, own)) {
    const from = at - window.ms;
    const first = sends.nth(window.by, sending, from, window.most);
    if (first !== undefined) {
      return { reached: { code: window.code, waitMs: first - from }, near };
    }
    if (!window.near) continue;
    // With this one.
    const share = Math.ceil(window.most * NEAR) - 1;
    if (share < 1 || sends.nth(window.by, sending, from, share) !== undefined) {
      near.push(window.near);
    }
  }
  const until = prefixBlock(sending, limits, sends);
  if (until > at) return { reached: { code: 'code-prefix-blocked', waitMs: until - at }, near };
  return { near };
}

/** Milliseconds until a number may get the next code; longer after each that nobody entered. */
function resend(sending: Sending, limits: PhoneLimits, sends: PhoneSendStore): number {
  const { sends: count, last } = sends.unentered(sending, sending.at - DAY_MS);
  if (last === null) return 0;
  return last + resendWait(limits, count) - sending.at;
}

/** Milliseconds to wait after the n-th code that was not entered. */
export function resendWait({ resendSeconds }: PhoneLimits, n: number): number {
  return (resendSeconds[Math.min(n, resendSeconds.length) - 1] ?? 0) * 1000;
}

function windowsOf(limits: PhoneLimits, dialling: Dialling, own: boolean): Window[] {
  const { perNumber, perNumberMinutes, perNumberDay } = limits;
  const windows: Window[] = [
    {
      code: 'code-number-limit',
      by: 'number',
      most: perNumber,
      ms: perNumberMinutes * MINUTE_MS,
    },
    { code: 'code-number-day-limit', by: 'number', most: perNumberDay, ms: DAY_MS },
    {
      code: 'code-country-limit',
      by: 'dialling',
      most: limits.perCountryDay[dialling],
      ms: DAY_MS,
      near: 'code-country-near',
    },
    {
      code: 'code-tenant-limit',
      by: 'tenant',
      most: limits.perTenantDay,
      ms: DAY_MS,
      near: 'code-tenant-near',
    },
  ];
  if (own) return windows;
  const { perAddressHour, perNetworkHour } = limits;
  return [
    { code: 'code-address-limit', by: 'address', most: perAddressHour, ms: HOUR_MS },
    { code: 'code-network-limit', by: 'network', most: perNetworkHour, ms: HOUR_MS },
    ...windows,
  ];
}

/** Until when the prefix gets nothing; blocks it now if almost none of its codes came back. */
function prefixBlock(sending: Sending, limits: PhoneLimits, sends: PhoneSendStore): number {
  const blocked = sends.blockedUntil(sending);
  if (blocked !== undefined) return blocked;
  const { at } = sending;
  const seen = at - limits.prefixGraceMinutes * MINUTE_MS;
  const share = sends.prefixShare(sending, at - DAY_MS, seen);
  const low = share.entered * 100 < share.sends * limits.prefixEnteredPercent;
  if (share.sends < limits.prefixSends || !low) return 0;
  const until = at + limits.prefixBlockedHours * HOUR_MS;
  sends.block(sending, until);
  return until;
}
