import { fromHex, ROTATING_KEY, signRotating, slotAt } from '@gatehouse/protocol';
import type { BenchCloud } from './venue.ts';

/** Requests to the cloud under way at once while tickets are made. */
const AT_ONCE = 8;

/** A guest with a phone: signs the code of this moment. */
export interface BenchGuest {
  readonly ticket: string;
  code(): Promise<string>;
}

/** So many secure tickets, each bound to a key of its own phone. */
export async function makeGuests(cloud: BenchCloud, count: number): Promise<BenchGuest[]> {
  const guests: BenchGuest[] = [];
  let left = count;
  const work = async () => {
    while (left-- > 0) guests.push(await makeGuest(cloud));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return guests;
}

async function makeGuest(cloud: BenchCloud): Promise<BenchGuest> {
  const { subtle } = globalThis.crypto;
  const pair = await subtle.generateKey(ROTATING_KEY, false, ['sign', 'verify']);
  const spki = Buffer.from(await subtle.exportKey('spki', pair.publicKey)).toString('base64');
  const path = `/performances/${cloud.secure}/tickets`;
  const { id } = await cloud.api<{ id: string }>('POST', path, {});
  const bound = await cloud.api<{ tenant: string; handle: string; generation: number }>(
    'POST',
    `/tickets/${id}/key`,
    { publicKey: spki },
  );
  return {
    ticket: id,
    async code() {
      const beacon = await beaconNow(cloud);
      const statement = {
        tenant: bound.tenant,
        handle: fromHex(bound.handle) as Uint8Array,
        generation: bound.generation,
        slot: slotAt(Date.now()),
        beacon: fromHex(beacon.value) as Uint8Array,
      };
      return signRotating(subtle, pair.privateKey, statement, beacon.index);
    },
  };
}

interface Beacon {
  readonly index: number;
  readonly value: string;
  readonly until: number;
}
let known: { cloud: BenchCloud; beacon: Beacon } | undefined;

async function beaconNow(cloud: BenchCloud): Promise<Beacon> {
  if (known?.cloud !== cloud || known.beacon.until < Date.now()) {
    known = { cloud, beacon: await cloud.api<Beacon>('GET', '/beacon') };
  }
  return known.beacon;
}
