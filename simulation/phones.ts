import { type KeyObject, sign } from 'node:crypto';
import { beaconIndexAt, fromHex, lowS, secureText, signedBytes, slotAt } from '@gatehouse/protocol';
import type { CloudNode } from './cloud-node.ts';
import { EVENING, type World } from './world.ts';

/** What is true of a code, whatever anybody reads in it. */
export interface Truth {
  readonly ticket: string;
  /** Only of a rotating code. */
  readonly slot?: number;
  readonly generation?: number;
  /** Full index of the beacon it was signed with. */
  readonly beacon?: number;
}

/** What a phone is like. */
export interface Habits {
  /** Milliseconds that its clock is ahead. */
  readonly skew: number;
  /** It has no network between these moments of the evening, and so no newer beacon. */
  readonly lost: readonly [from: number, until: number];
}

export const GOOD_PHONE: Habits = { skew: 0, lost: [0, 0] };

export interface Bound {
  readonly ticket: string;
  readonly tenant: string;
  readonly handle: string;
  readonly generation: number;
}

export interface PhoneParts {
  readonly world: World;
  readonly cloud: CloudNode;
  /** Every code that a phone has shown. */
  readonly truths: Map<string, Truth>;
}

/** A phone that signs each slot with the newest beacon it has seen; gives what it shows now. */
export function phoneOf(
  { world, cloud, truths }: PhoneParts,
  key: KeyObject,
  { ticket, tenant, handle, generation }: Bound,
  { skew, lost }: Habits,
): () => string {
  const bytesOfHandle = fromHex(handle) as Uint8Array<ArrayBuffer>;
  let beacon: { index: number; value: Uint8Array } | undefined;
  let last: { slot: number; beacon: number; text: string } | undefined;
  return () => {
    const heard = world.now >= lost[0] && world.now < lost[1] ? lost[0] : world.now;
    const index = beaconIndexAt(EVENING + heard);
    const value = cloud.up ? cloud.ticketing().beacons.valueOf(index) : undefined;
    if (value) beacon = { index, value };
    const slot = slotAt(EVENING + world.now + skew);
    if (!beacon) return last?.text ?? 'a phone without a beacon';
    if (last?.slot === slot && last.beacon === beacon.index) return last.text;
    const said = { tenant, handle: bytesOfHandle, generation, slot, beacon: beacon.value };
    const raw = sign('sha256', signedBytes(said), { key, dsaEncoding: 'ieee-p1363' });
    const signature = lowS(new Uint8Array(raw));
    const beaconLow = beacon.index & 0xff;
    const slotLow = slot & 0xffff;
    const text = secureText({ handle: bytesOfHandle, slotLow, generation, beaconLow, signature });
    last = { slot, beacon: beacon.index, text };
    truths.set(text, { ticket, slot, generation, beacon: beacon.index });
    return text;
  };
}

/** A code that looks like a phone's and was signed by nobody who may. */
export function forged(text: string): string {
  if (!/^\d{40,}$/.test(text)) return text;
  const last = text.slice(-20);
  return `${text.slice(0, -20)}${String((BigInt(last) + 7n) % 10n ** 20n).padStart(20, '0')}`;
}
