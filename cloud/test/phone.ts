import { randomBytes, webcrypto } from 'node:crypto';
import {
  beaconIndexAt,
  fromHex,
  ROTATING_KEY,
  type SettleRequest,
  type Stamp,
  signRotating,
  slotAt,
  type ValidateRequest,
} from '@gatehouse/protocol';
import type { Ticketing } from '../ticketing/index.ts';
import type { MovableClock } from './house.ts';

/** A guest's phone with the key of one secure ticket. */
export interface Phone {
  readonly ticket: string;
  /** The code of a moment; `beaconAge` many five minutes old, `slots` off. */
  code(off?: { slots?: number; beacons?: number }): Promise<string>;
}

/** Binds a new phone to a ticket, as the portal does. */
export async function bindPhone(
  ticketing: Ticketing,
  clock: MovableClock,
  ticket: string,
): Promise<Phone> {
  const keys = await webcrypto.subtle.generateKey(ROTATING_KEY, true, ['sign', 'verify']);
  const spki = Buffer.from(await webcrypto.subtle.exportKey('spki', keys.publicKey));
  const bound = await ticketing.bindKey(ticket, spki.toString('base64'));
  return {
    ticket,
    async code({ slots = 0, beacons = 0 } = {}) {
      await ticketing.beacons.current();
      const index = beaconIndexAt(clock.now()) - beacons;
      const statement = {
        tenant: bound.tenant,
        handle: fromHex(bound.handle) as Uint8Array,
        generation: bound.generation,
        slot: slotAt(clock.now()) + slots,
        beacon: ticketing.beacons.valueOf(index) as Uint8Array,
      };
      const subtle = webcrypto.subtle as SubtleCrypto;
      return signRotating(subtle, keys.privateKey as CryptoKey, statement, index);
    },
  };
}

/** Sells a secure ticket and binds a phone to it. */
export async function securePhone(
  ticketing: Ticketing,
  clock: MovableClock,
  performance: string,
  uses = 1,
): Promise<Phone> {
  const order = { status: 'valid' as const, uses, entrances: [], label: { row: 'C', seat: '7' } };
  const { id } = await ticketing.addTicket(performance, order);
  return bindPhone(ticketing, clock, id);
}

/** A fresh UUIDv7. */
export function newScanId(): string {
  const hex = randomBytes(16).toString('hex');
  const time = Date.now().toString(16).padStart(12, '0');
  const variant = '89ab'[randomBytes(1).readUInt8() & 3];
  return [
    time.slice(0, 8),
    time.slice(8),
    `7${hex.slice(0, 3)}`,
    `${variant}${hex.slice(3, 6)}`,
    hex.slice(6, 18),
  ].join('-');
}

export function stampOf(clock: MovableClock): Stamp {
  return {
    wall: clock.now(),
    mono: clock.monotonic(),
    boot: 'boot-1',
    offset: 0,
    uncertainty: 5,
    quality: 'trusted',
  };
}

export function question(
  clock: MovableClock,
  code: string,
  given: Partial<ValidateRequest> = {},
): ValidateRequest {
  return {
    scanId: newScanId(),
    lane: 'lane-1',
    code,
    direction: 'entry',
    at: stampOf(clock),
    attempt: 1,
    // The longest a lane may ask for: a test does not depend on a quick machine.
    deadlineMs: 10_000,
    passageMs: 8_000,
    ...given,
  };
}

export function ending(
  clock: MovableClock,
  scanId: string,
  kind: SettleRequest['kind'],
  given: Partial<SettleRequest> = {},
): SettleRequest {
  return { scanId, kind, lane: 'lane-1', direction: 'entry', at: stampOf(clock), ...given };
}
