import {
  type Place,
  type Presented,
  type Proof,
  type Proven,
  slotAt,
  type VerdictKey,
} from '@gatehouse/protocol';
import type { Clock } from '../clock.ts';
import type { StoredTicket } from '../tickets/index.ts';

/** A code refused for its time counts as the ticket's earlier one this long. */
const EARLIER_MS = 10 * 60_000;
/** So many such codes are remembered; the oldest falls out. */
const EARLIER_MAX = 1_000;

/** What lets the cloud check again a secure code that the gateway has proven itself. */
export interface Evidence {
  /** Full index. */
  readonly beacon: number;
  /** Base64 of 64 bytes. */
  readonly signature: string;
}

/** A ticket that this gateway has, with what the code showed of it. */
export interface Known {
  readonly found: StoredTicket;
  readonly presented: Presented;
  /** The code is this ticket's without doubt; of another nothing may be shown or changed. */
  readonly isAuthentic: boolean;
  readonly handle?: string | undefined;
  readonly slot?: number | undefined;
  readonly generation?: number | undefined;
  readonly evidence?: Evidence | undefined;
}

export function knownRegular(found: StoredTicket): Known;
export function knownRegular(found: StoredTicket | undefined): Known | undefined;
export function knownRegular(found: StoredTicket | undefined): Known | undefined {
  if (!found) return undefined;
  const { row, performance } = found;
  const ticket = { ...row, kind: 'regular' as const, entrances: row.entrances ?? [] };
  return { found, presented: { code: 'regular', ticket, performance }, isAuthentic: true };
}

export function knownSecure(
  found: StoredTicket | undefined,
  proven: Proven,
  direction: Place['direction'],
  earlier: Proof['earlier'],
): Known | undefined {
  const { handle, held, proof, beacon, signature } = proven;
  const isAuthentic = proof.signature === 'good';
  // Who knows only a handle must not be able to let its holder out.
  if (!found?.secure || (direction === 'exit' && !isAuthentic)) return undefined;
  const { row, performance, secure } = found;
  const { generation } = secure;
  const ticket = { ...row, kind: 'secure' as const, entrances: row.entrances ?? [], generation };
  const shown = held ? { ...proof, earlier } : undefined;
  return {
    found,
    presented: { code: 'secure', ticket, performance, proof: shown },
    isAuthentic,
    handle,
    generation: proof.generation,
    ...(isAuthentic && {
      slot: proof.slot,
      evidence: { beacon, signature: Buffer.from(signature).toString('base64') },
    }),
  };
}

/** Codes of a ticket that were refused for their time, to tell a wrong clock from a picture. */
export function createEarlier(clock: Clock) {
  const byTicket = new Map<string, { slot: number; skew: number; at: number }>();
  return {
    of(ticket: string | undefined): Proof['earlier'] {
      const last = ticket === undefined ? undefined : byTicket.get(ticket);
      return last && clock.mono() - last.at <= EARLIER_MS ? last : undefined;
    },
    note(ticket: string, slot: number | undefined, said: VerdictKey, now: number): void {
      if (slot === undefined || (said !== 'expired-code' && said !== 'clock-skew')) return;
      byTicket.delete(ticket);
      byTicket.set(ticket, { slot, skew: slot - slotAt(now), at: clock.mono() });
      if (byTicket.size > EARLIER_MAX) byTicket.delete(byTicket.keys().next().value as string);
    },
  };
}
