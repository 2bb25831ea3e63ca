import { fromHex, ROTATING_KEY, signRotating, slotAt } from '@gatehouse/protocol';
import type { Paper, Venue } from './venue.ts';

interface Bound {
  readonly tenant: string;
  readonly handle: string;
  readonly generation: number;
}
interface Beacon {
  readonly index: number;
  readonly value: string;
  readonly until: number;
}
const AT_ONCE = 4;

/**
 * So many guests with a secure ticket on their phone. Their pages hold the beacon of the moment in
 * which this is called, so that they sign on without the cloud.
 */
export async function sellPhones(venue: Venue, performance: string, count: number) {
  const beacon = await venue.api<Beacon>('GET', '/beacon');
  const phones: Paper[] = [];
  let left = count;
  const work = async () => {
    while (left-- > 0) phones.push(await bindPhone(venue, performance, beacon));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return phones;
}

async function bindPhone(venue: Venue, performance: string, beacon: Beacon): Promise<Paper> {
  const { subtle } = globalThis.crypto;
  const pair = await subtle.generateKey(ROTATING_KEY, false, ['sign', 'verify']);
  const publicKey = Buffer.from(await subtle.exportKey('spki', pair.publicKey)).toString('base64');
  const { id } = await venue.api<{ id: string }>(
    ...(['POST', `/performances/${performance}/tickets`, {}] as const),
  );
  const bound = await venue.api<Bound>('POST', `/tickets/${id}/key`, { publicKey });
  return {
    ticket: id,
    code() {
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
