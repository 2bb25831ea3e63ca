import type { SettleRequest } from '@gatehouse/protocol';
import type { Store } from '../store/index.ts';
import { type SettleParts, settle } from './settle.ts';

/** Says whether two gateways stand at one venue, whether or not one of them has been revoked. */
export type AreNeighbours = (one: string, other: string) => boolean;

export function createNeighbourhood(store: Store): AreNeighbours {
  const both = store.prepareRead(
    'select 1 from gateways a join gateways b on b.venue = a.venue where a.id = ? and b.id = ?',
  );
  return (one, other) => both.get(one, other) !== undefined;
}

/**
 * Records a passage at a gateway that is gone, as another one has heard of it. Should that one's
 * journal come all the same, it says the same thing twice.
 */
export function settleWitnessed(
  parts: SettleParts,
  { scanId: scan, of, ...ending }: SettleRequest & { of: NonNullable<SettleRequest['of']> },
): void {
  const { gateway, epoch, seq } = of;
  settle(parts, gateway, { ...ending, scan });
  const placed = parts.scans.placePassage(gateway, scan, { epoch, seq });
  if (placed) parts.watching.told(placed);
}
