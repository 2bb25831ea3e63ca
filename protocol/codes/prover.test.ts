import { webcrypto } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createSignatureCheck } from '../signature-check.ts';
import { beaconIndexAt } from './beacon.ts';
import { createProver } from './prover.ts';
import { ROTATING_KEY, signRotating } from './rotating.ts';
import { slotAt } from './secure.ts';

const NOW = 1_800_000_000_000;
const HANDLE = '00a1b2c3d4';
const BEACON = new Uint8Array(16).fill(9);
const subtle = webcrypto.subtle as SubtleCrypto;
const pair = await subtle.generateKey(ROTATING_KEY, false, ['sign', 'verify']);
const spki = new Uint8Array(await subtle.exportKey('spki', pair.publicKey));

const code = (changes: { generation?: number; tenant?: string; handle?: Buffer } = {}) =>
  signRotating(
    subtle,
    pair.privateKey,
    {
      ...{ tenant: 'theatre', handle: Buffer.from(HANDLE, 'hex'), generation: 3 },
      ...{ slot: slotAt(NOW), beacon: BEACON, ...changes },
    },
    beaconIndexAt(NOW),
  );

function prover(asked: string[] = []) {
  const check = createSignatureCheck((handle, generation) => {
    asked.push(`${handle}:${generation}`);
    return handle === HANDLE && generation === 3 ? spki : undefined;
  });
  const beacon = (index: number) => (index <= beaconIndexAt(NOW) ? BEACON : undefined);
  return createProver({ tenant: 'theatre', check, beacon });
}

test('a good code gives its slot, the full index of its beacon and what was signed', async () => {
  const proven = await prover()(await code(), NOW);
  assert.is(proven?.handle, HANDLE);
  assert.is(proven?.held, true);
  assert.is(proven?.beacon, beaconIndexAt(NOW));
  assert.is(proven?.signature.length, 64);
  const { signature, slot, generation, beaconAge } = proven?.proof ?? {};
  assert.equal([signature, slot, generation, beaconAge], ['good', slotAt(NOW), 3, 0]);
});

test('another tenant’s code is bad, with key and beacon held', async () => {
  const proven = await prover()(await code({ tenant: 'cinema' }), NOW);
  assert.equal([proven?.held, proven?.proof.signature], [true, 'bad']);
});

test('without the key or the beacon a bad proof says that nothing was held', async () => {
  const newer = await prover()(await code({ generation: 4 }), NOW);
  assert.equal([newer?.held, newer?.proof.signature], [false, 'bad']);
  const before = NOW - 400_000;
  const unheard = createProver({
    tenant: 'theatre',
    check: createSignatureCheck(() => spki),
    beacon: () => undefined,
  });
  assert.is((await unheard(await code(), before))?.held, false);
});

test('a key is looked up once, a key that is not there each time', async () => {
  const asked: string[] = [];
  const prove = prover(asked);
  for (let n = 0; n < 3; n++) await prove(await code(), NOW);
  assert.is(asked.length, 1);
  for (let n = 0; n < 2; n++) await prove(await code({ generation: 4 }), NOW);
  assert.is(asked.length, 3);
});

test('what is no code proves nothing', async () => {
  assert.is(await prover()('4283', NOW), undefined);
  assert.is(await prover()(`4283${'9'.repeat(178)}`, NOW), undefined);
});

test.run();
