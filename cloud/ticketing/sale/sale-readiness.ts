import type { Moment } from '@gatehouse/protocol';
import type { Halls } from '../halls/hall-store.ts';
import { priceAt } from './prices.ts';
import type { Missing } from './sale.ts';
import type { Sold } from './sale-store.ts';

/** What switching secure on depends on (P10): other features answer for themselves. */
export interface SecureChecks {
  sms(): Promise<{ readonly enabled: boolean; readonly tested: boolean }>;
  /** Whether the portal's host name answers over TLS. */
  portal(): Promise<boolean>;
}

/** What a secure performance still lacks; a demonstration needs nothing (P10). */
export async function missingForSecure(parts: {
  readonly checks: SecureChecks;
  readonly demonstration: boolean;
}): Promise<Missing[]> {
  if (parts.demonstration) return [];
  const [sms, portal] = await Promise.all([parts.checks.sms(), parts.checks.portal()]);
  return [
    ...(sms.enabled ? [] : ['sms-not-enabled' as const]),
    ...(sms.tested ? [] : ['sms-not-tested' as const]),
    ...(portal ? [] : ['portal-not-answering' as const]),
  ];
}

/** What any performance still lacks. */
export function missingForAny(
  sold: Sold | undefined,
  capacity: number | null,
  halls: Halls,
  now: Moment,
): Missing[] {
  const missing: Missing[] = [];
  const types = sold?.types ?? [];
  const prices = sold?.prices ?? [];
  if (types.length === 0) missing.push('ticket-types');
  const ranks = sold?.plan ? halls.find(sold.plan).ranks.map(({ id }) => id) : [''];
  const priced = (type: string) =>
    ranks.some(
      (rank) => priceAt(prices, type, rank, Math.max(now, sold?.saleFrom ?? 0)) !== undefined,
    );
  if (types.some(({ id }) => !priced(id))) missing.push('prices');
  if (sold?.nationalNumber != null && types.some(({ kind }) => kind === null)) {
    missing.push('ticket-type-kinds');
  }
  if (!sold?.plan && capacity === null) missing.push('capacity');
  return missing;
}
