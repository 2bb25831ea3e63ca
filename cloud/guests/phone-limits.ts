import { BlockList, isIP, isIPv6 } from 'node:net';
import { z } from 'zod';
import { phoneError } from './phone-errors.ts';

const count = (most: number) => z.number().int().min(1).max(most);
const minutes = z.number().int().min(1).max(60);

/** Limits on sending codes, per tenant; the defaults are in docs/sms.md. */
export const PhoneLimits = z.strictObject({
  /** Seconds after the first, second, third and every later code before another is sent. */
  resendSeconds: z
    .array(z.number().int().min(0).max(3_600))
    .min(1)
    .max(10)
    .default([30, 60, 120, 240]),
  perNumber: count(100).default(3),
  perNumberMinutes: minutes.default(10),
  perNumberDay: count(1_000).default(6),
  perAddressHour: count(100_000).default(10),
  perNetworkHour: count(100_000).default(50),
  /** Addresses of the house itself, `192.0.2.0/24`: a whole audience stands behind one. */
  ownNetworks: z.array(z.string().max(50)).max(50).default([]),
  /** Calling code → codes in 24 hours. */
  perCountryDay: z
    .strictObject({ '+31': count(1e6), '+32': count(1e6), '+49': count(1e6) })
    .default({ '+31': 4_000, '+32': 1_000, '+49': 1_000 }),
  perTenantDay: count(1e6).default(5_000),
  /** Codes to one prefix in 24 hours before it is looked at. */
  prefixSends: count(10_000).default(20),
  /** Per cent of them that must have been entered. */
  prefixEnteredPercent: z.number().int().min(0).max(100).default(10),
  /** Codes younger than this may still be entered, and are not looked at. */
  prefixGraceMinutes: minutes.default(3),
  prefixBlockedHours: z.number().int().min(1).max(720).default(24),
  /** Wrong codes in a row, over all codes of a number. */
  failuresInARow: count(100).default(100),
});
export type PhoneLimits = z.infer<typeof PhoneLimits>;
export type Dialling = keyof PhoneLimits['perCountryDay'];

/** Share of a daily cap from which people are told. */
export const NEAR = 0.8;

/** Makes the list of networks that are not counted by address.
 * @throws GatehouseError `code-limits-invalid`
 */
export function ownNetworksOf({ ownNetworks }: PhoneLimits): (address: string) => boolean {
  const list = new BlockList();
  for (const text of ownNetworks) {
    const [address = '', bits = ''] = text.split('/');
    const most = isIPv6(address) ? 128 : 32;
    const prefix = Number(bits);
    if (isIP(address) === 0 || !/^\d+$/.test(bits) || prefix > most || prefix < 8) {
      throw phoneError('code-limits-invalid', { field: 'ownNetworks', fault: 'not a network' });
    }
    list.addSubnet(address, prefix, familyOf(address));
  }
  return (address) => {
    const bare = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
    return isIP(bare) !== 0 && list.check(bare, familyOf(bare));
  };
}

const familyOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');
