import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { Performance, Ticketing } from '@gatehouse/cloud/parts';
import { beaconIndexAt, fromHex, lowS, secureText, signedBytes, slotAt } from '@gatehouse/protocol';
import type { CloudNode } from './cloud-node.ts';
import { EVENING, type World } from './world.ts';

/** Phones' keys are made once for all seeds: what they are changes nothing. */
const PHONES = Array.from({ length: 8 }, () => generateKeyPairSync('ec', { namedCurve: 'P-256' }));
const HOUR_MS = 3_600_000;

/** A sold ticket with what its holder can show. */
export interface SoldTicket {
  readonly id: string;
  readonly uses: number;
  readonly secure: boolean;
  /** What a camera reads off it now. */
  show(): string;
}

/** Sells an evening: a regular performance and a secure one. */
export async function sellTickets(
  world: World,
  cloud: CloudNode,
  counts: { regular: number; secure: number },
): Promise<SoldTicket[]> {
  const ticketing = cloud.ticketing();
  const regular = await perform(ticketing, false);
  const secure = await perform(ticketing, true);
  const sold: SoldTicket[] = [];
  for (let n = 0; n < counts.regular; n++) {
    const uses = world.random.chance(0.8) ? 1 : 2;
    const order = { status: 'valid' as const, uses, entrances: [], label: {} };
    const { id, code = '' } = await ticketing.addTicket(regular.id, order);
    sold.push({ id, uses, secure: false, show: () => code });
  }
  for (let n = 0; n < counts.secure; n++) {
    const uses = world.random.chance(0.6) ? 1 : 3;
    const order = { status: 'valid' as const, uses, entrances: [], label: {} };
    const { id } = await ticketing.addTicket(secure.id, order);
    const phone = PHONES[n % PHONES.length] as (typeof PHONES)[0];
    const spki = phone.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
    const bound = await ticketing.bindKey(id, spki);
    sold.push({ id, uses, secure: true, show: phoneOf(world, cloud, phone.privateKey, bound) });
  }
  return sold;
}

function perform(ticketing: Ticketing, secure: boolean): Promise<Performance> {
  return ticketing.addProduction('An evening').then(({ id: production }) =>
    ticketing.addPerformance({
      ...{ production, hall: 'main', starts: EVENING + HOUR_MS, ends: null, secure },
      ...{ opens: EVENING - HOUR_MS, closes: EVENING + 4 * HOUR_MS, reEntry: false },
      ...{ capacity: null, offline: 'refuse', stalePhone: 'admit' },
    } as Performance),
  );
}

/** A phone that signs each slot with the newest beacon it has seen. */
function phoneOf(
  world: World,
  cloud: CloudNode,
  key: KeyObject,
  bound: { tenant: string; handle: string; generation: number },
): () => string {
  const handle = fromHex(bound.handle) as Uint8Array<ArrayBuffer>;
  let beacon: { index: number; value: Uint8Array } | undefined;
  let last: { slot: number; text: string } | undefined;
  return () => {
    const now = Math.round(EVENING + world.now);
    const slot = slotAt(now);
    if (last?.slot === slot) return last.text;
    const index = beaconIndexAt(now);
    const value = cloud.up ? cloud.ticketing().beacons.valueOf(index) : undefined;
    if (value) beacon = { index, value };
    if (!beacon) return last?.text ?? 'a phone without a beacon';
    const { tenant, generation } = bound;
    const bytes = signedBytes({ tenant, handle, generation, slot, beacon: beacon.value });
    const raw = sign('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' });
    const signature = lowS(new Uint8Array(raw));
    const beaconLow = beacon.index & 0xff;
    const text = secureText({ handle, slotLow: slot & 0xffff, generation, beaconLow, signature });
    last = { slot, text };
    return text;
  };
}
