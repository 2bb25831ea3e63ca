import { randomUUID } from 'node:crypto';
import type { JournalBody, JournalRow, SettleRequest, Stamp } from '@gatehouse/protocol';
import type { House } from './house.ts';
import { journalWriter } from './journal.ts';
import { newScanId } from './phone.ts';

/** An admission that a gateway made by itself; what is left out is as ordinary as can be. */
export interface Offline {
  readonly gateway?: string;
  readonly lane?: string;
  readonly direction?: 'entry' | 'exit';
  readonly slot?: number;
  readonly generation?: number;
  /** Ticket change that the gateway knew; nothing if left out. */
  readonly cursor?: number | null;
  /** When somebody passed, and how long before that it was decided, in milliseconds. */
  readonly at: number;
  readonly took?: number;
  readonly stamp?: Partial<Stamp>;
  readonly decidedBy?: 'gateway' | 'staff';
  /** What the gateway knew of the others. */
  readonly peers?: Pick<
    Extract<JournalBody, { kind: 'intent' }>,
    'split' | 'unconfirmed' | 'heard'
  >;
}

/** The journal rows and the live message of one admission. */
export interface Rows {
  readonly gateway: string;
  readonly scanId: string;
  readonly epoch: string;
  readonly rows: JournalRow[];
  readonly live: SettleRequest;
}

export function admission(of: { id: string; performance: string }, given: Offline): Rows {
  const { gateway = 'gate-1', lane = 'lane-1', direction = 'entry', cursor = null } = given;
  const scanId = newScanId();
  const stamp = (at: number): Stamp => ({
    wall: at,
    mono: at - 1_000_000,
    boot: `boot-of-${gateway}`,
    offset: 0,
    uncertainty: 5,
    quality: 'trusted',
    ...given.stamp,
  });
  const about = {
    scanId,
    lane,
    direction,
    ticket: of.id,
    performance: of.performance,
    slot: given.slot,
    generation: given.generation,
    cursor,
  };
  const journal = journalWriter();
  const bodies: JournalBody[] = [
    {
      kind: 'intent',
      ...about,
      at: stamp(given.at - (given.took ?? 1_000)),
      verdict: { key: direction === 'exit' ? 'exit' : 'ok', details: {} },
      decidedBy: given.decidedBy ?? 'gateway',
      passageMs: 8_000,
      ...given.peers,
    },
    { kind: 'result', ...about, at: stamp(given.at), result: 'passed' },
  ];
  const { cursor: _, generation, ...settled } = about;
  return {
    gateway,
    scanId,
    epoch: randomUUID(),
    rows: bodies.map((body) => journal.write(body)),
    live: { ...settled, kind: 'passed', at: stamp(given.at) },
  };
}

/** Brings an admission's journal to the cloud. */
export async function drain(house: House, { gateway, epoch, rows }: Rows): Promise<void> {
  await house.validator.journal(gateway, { epoch, rows });
}

/** One guest through a door while the cloud was away, and the gateway back again. */
export async function admit(
  house: House,
  of: { id: string; performance: string },
  given: Offline,
): Promise<Rows> {
  const rows = admission(of, given);
  await drain(house, rows);
  return rows;
}

/** Sells an ordinary ticket. */
export function sell(house: House, performance: string, uses = 1) {
  const order = { status: 'valid' as const, uses, entrances: [], label: { row: 'C', seat: '7' } };
  return house.ticketing.addTicket(performance, order);
}
