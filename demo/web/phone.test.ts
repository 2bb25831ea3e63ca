import { parseSecure, SECURE_LENGTH, verifyRotating } from '@gatehouse/protocol/codes';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Kept } from './kept.ts';
import { fromHex, phoneCode, phoneKeys, publicKeyText, slotLeft } from './phone.ts';

const { subtle } = crypto;

function memory(): Kept {
  const held = new Map<string, unknown>();
  return {
    get: async <T>(name: string) => held.get(name) as T | undefined,
    set: async (name, value) => void held.set(name, value),
  };
}

const BINDING = { tenant: 'demo', handle: '00112233ff', generation: 3 };
const BEACON = { index: 261, value: 'ab'.repeat(16), until: 0 };

test('the phone signs with a key that nobody can take out of the browser', async () => {
  const kept = memory();
  const keys = await phoneKeys(subtle, kept);
  assert.is(keys.privateKey.extractable, false);
  assert.is((await phoneKeys(subtle, kept)).privateKey, keys.privateKey);
  assert.is(atob(await publicKeyText(subtle, keys)).length, 91);
});

test('a code is digits only and verifies under the public key for its slot alone', async () => {
  const keys = await phoneKeys(subtle, memory());
  const now = 1_795_300_000_000;
  const text = await phoneCode(subtle, keys.privateKey, BINDING, BEACON, now);
  assert.match(text, /^\d+$/);
  assert.is(text.length, SECURE_LENGTH);
  const code = parseSecure(text);
  assert.ok(code);
  assert.is(code?.beaconLow, 261 & 0xff);
  const statement = {
    tenant: BINDING.tenant,
    handle: fromHex(BINDING.handle),
    generation: BINDING.generation,
    slot: Math.floor(now / 30_000),
    beacon: fromHex(BEACON.value),
  };
  const check = (slot: number) =>
    verifyRotating(subtle, keys.publicKey, { ...statement, slot }, code!.signature);
  assert.ok(await check(statement.slot));
  assert.not(await check(statement.slot + 1));
});

test('the countdown goes from a whole slot down to its end', () => {
  assert.equal(slotLeft(0), { seconds: 30, share: 1 });
  assert.equal(slotLeft(15_000), { seconds: 15, share: 0.5 });
  assert.is(slotLeft(29_999).seconds, 1);
});

test.run();
