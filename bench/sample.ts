import { randomBytes } from 'node:crypto';
import { TicketStore } from '@gatehouse/gateway';
import { regularCode, type Stamp, type TicketRow, type TicketsPage } from '@gatehouse/protocol';

export const VENUE_KEY = randomBytes(32);
const HOUR = 3_600_000;

/** A stamp of a trusted clock, now. */
export function stampNow(): Stamp {
  const quality = 'trusted' as const;
  return { wall: Date.now(), mono: 0, boot: 'bench', offset: 0, uncertainty: 1, quality };
}

/** A store filled with so many valid tickets of one performance that admits now. */
export function fillStore(file: string, count: number): { store: TicketStore; codes: string[] } {
  const store = new TicketStore(file, VENUE_KEY);
  const codes = Array.from({ length: count }, () => regularCode(randomBytes(10)));
  const tickets = codes.map(
    (code, i): TicketRow => ({
      id: `t${i}`,
      digest: store.digest(code),
      performance: 'p1',
      status: 'valid',
      uses: 1,
      used: 0,
      inside: false,
    }),
  );
  const now = Date.now();
  const page: TicketsPage = {
    requestId: '00000000-0000-4000-8000-000000000000',
    from: null,
    cursor: count,
    more: false,
    performances: [
      {
        id: 'p1',
        title: 'Bench',
        hall: 'Main',
        starts: now + HOUR,
        opens: now - HOUR,
        closes: now + 4 * HOUR,
        secure: false,
        reEntry: false,
        offline: 'refuse',
        stalePhone: 'refuse',
      },
    ],
    tickets,
  };
  store.apply(page, new Set());
  return { store, codes };
}
