import { hasPlace } from './enrol-store.ts';
import type { GatewayTable } from './store.ts';

/** What each gateway may do, in memory, so that the broker asks no disk. */
export interface Standing {
  /** Takes a row in as it now stands. */
  put(row: GatewayTable): void;
  drop(gateway: string): void;
  clear(): void;
  /** @param serial of its certificate, hex; only for who begins a session */
  isAllowed(gateway: string, serial?: string): boolean;
  /** Whether its key has been accepted: tickets, staff and neighbours are for it. */
  isAccepted(gateway: string): boolean;
  /** Whether a session with this certificate changes what is on disk. */
  isNews(gateway: string, serial: string): boolean;
}

type Known = Pick<
  GatewayTable,
  'activated' | 'reserved_until' | 'certificate_serial' | 'next_serial' | 'accepted'
>;

export function createStanding(now: () => number): Standing {
  const known = new Map<string, Known>();
  return {
    put(row) {
      if (row.revoked === null) known.set(row.id, row);
      else known.delete(row.id);
    },
    drop: (gateway) => void known.delete(gateway),
    clear: () => known.clear(),
    isAllowed(gateway, serial) {
      const row = known.get(gateway);
      if (row === undefined || !hasPlace(row, now())) return false;
      if (serial === undefined) return true;
      return [row.certificate_serial, row.next_serial].includes(serial.toLowerCase());
    },
    isAccepted: (gateway) => known.get(gateway)?.accepted != null,
    isNews(gateway, serial) {
      const row = known.get(gateway);
      return row?.activated == null || row.next_serial === serial.toLowerCase();
    },
  };
}
