import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readVectors } from '../vectors/read.ts';
import { bigEndian, concat, fromHex, toBigInt, toHex } from './bytes.ts';
import {
  isLowS,
  lowS,
  ROTATING_KEY,
  type RotatingStatement,
  signedBytes,
  signRotating,
  verifyRotating,
} from './rotating.ts';
import { parseSecure } from './secure.ts';

interface Vectors {
  readonly rotating: {
    privateKey: JsonWebKey;
    publicKey: JsonWebKey;
    statement: { tenant: string; handle: string; generation: number; slot: number; beacon: string };
    beaconIndex: number;
    signedBytes: string;
    good: { signature: string; text: string };
    highS: { signature: string; text: string };
  };
}
const { rotating } = readVectors<Vectors>('codes.json');
const { subtle } = globalThis.crypto;
const statement: RotatingStatement = {
  ...rotating.statement,
  handle: fromHex(rotating.statement.handle)!,
  beacon: fromHex(rotating.statement.beacon)!,
};
const publicKey = await subtle.importKey('jwk', rotating.publicKey, ROTATING_KEY, true, ['verify']);
const privateKey = await subtle.importKey('jwk', rotating.privateKey, ROTATING_KEY, false, [
  'sign',
]);
const verify = (signature: string, said: RotatingStatement = statement) =>
  verifyRotating(subtle, publicKey, said, fromHex(signature)!);

test('the signed bytes are as the vectors say', () => {
  assert.is(toHex(signedBytes(statement)), rotating.signedBytes);
});

test('the known-good signature verifies', async () => {
  assert.ok(await verify(rotating.good.signature));
  assert.is(toHex(parseSecure(rotating.good.text)!.signature), rotating.good.signature);
});

test('its high-s twin is a second text for one code and is refused', async () => {
  const signature = fromHex(rotating.highS.signature)!;
  const raw = { name: 'ECDSA', hash: 'SHA-256' };
  assert.ok(await subtle.verify(raw, publicKey, signature, signedBytes(statement)));
  assert.not.ok(await verify(rotating.highS.signature));
  assert.is(toHex(lowS(signature)), rotating.good.signature);
});

test('no field of the statement can be changed under a signature', async () => {
  const others: Partial<RotatingStatement>[] = [
    { tenant: 'royal-theatr' },
    { handle: fromHex('00a1b2c3d5')! },
    { generation: 4 },
    { slot: statement.slot + 1 },
    { slot: statement.slot + 0x10000 },
    { beacon: new Uint8Array(16) },
  ];
  for (const other of others) {
    assert.not.ok(await verify(rotating.good.signature, { ...statement, ...other }));
  }
});

test('fields of the statement can’t run into each other', () => {
  const anyBytes = fc.uint8Array({ maxLength: 8 });
  const statements = fc.record({
    tenant: fc.string(),
    handle: anyBytes,
    generation: fc.nat(255),
    slot: fc.nat(),
    beacon: anyBytes,
  });
  const plain = (said: RotatingStatement) =>
    JSON.stringify({ ...said, handle: toHex(said.handle), beacon: toHex(said.beacon) });
  fc.assert(
    fc.property(statements, statements, (one, other) => {
      const same = toHex(signedBytes(one)) === toHex(signedBytes(other));
      assert.is(same, plain(one) === plain(other));
    }),
  );
});

test('every code that is signed has a low s and verifies; another phone’s does not', async () => {
  const pair = await subtle.generateKey(ROTATING_KEY, false, ['sign', 'verify']);
  for (let slot = 60_000_000; slot < 60_000_020; slot++) {
    const said = { ...statement, slot };
    const code = parseSecure(await signRotating(subtle, privateKey, said, rotating.beaconIndex))!;
    assert.ok(isLowS(code.signature));
    assert.equal([code.slotLow, code.beaconLow], [slot % 0x10000, rotating.beaconIndex % 256]);
    assert.ok(await verifyRotating(subtle, publicKey, said, code.signature));
    assert.not.ok(await verifyRotating(subtle, pair.publicKey, said, code.signature));
  }
});

test('a signature that is none is refused, not thrown at', async () => {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const one = bigEndian(1, 32);
  const bad = [
    new Uint8Array(64),
    new Uint8Array(63),
    new Uint8Array(0),
    new Uint8Array(64).fill(0xff),
    concat(new Uint8Array(32), one),
    concat(bigEndian(order, 32), one),
    concat(one, bigEndian(order / 2n, 32)),
  ];
  for (const signature of bad) {
    assert.is(await verifyRotating(subtle, publicKey, statement, signature), false);
  }
});

test('low s is low at the edge of the group and stays itself', () => {
  const half = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n / 2n;
  const withS = (s: bigint) => concat(new Uint8Array(32).fill(1), bigEndian(s, 32));
  assert.equal(
    [0n, 1n, half, half + 1n].map((s) => isLowS(withS(s))),
    [false, true, true, false],
  );
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 2n * half }), (s) => {
      const low = lowS(withS(s));
      assert.ok(isLowS(low));
      assert.equal(lowS(low), low);
      const back = toBigInt(low.subarray(32));
      assert.ok(back === s || back === 2n * half + 1n - s);
    }),
  );
});

test.run();
