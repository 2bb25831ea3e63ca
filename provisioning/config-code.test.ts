import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { CONFIG_PREFIX, canonical, GatehouseError, kindOf } from '@gatehouse/protocol';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fromBase45, toBase45 } from './base45.ts';
import {
  type Config,
  checkNotExpired,
  makeConfigCode,
  readConfigCode,
  verifyConfigCode,
} from './config-code.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const config: Config = {
  url: 'https://cloud.theatre.example:8444',
  claim: Uint8Array.from(randomBytes(16)),
  pins: [Uint8Array.from(randomBytes(32)), Uint8Array.from(randomBytes(32))],
  expires: Date.parse('2026-12-01T12:00:00Z'),
};

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof GatehouseError) return error.code;
    throw error;
  }
  return 'no error';
}

/** What reading and checking a text comes to. */
const outcome = (text: string) =>
  codeOf(() => verifyConfigCode(readConfigCode(text), publicKey, 'Theatre'));

test('a code says what was put in', () => {
  const read = readConfigCode(makeConfigCode(config, privateKey));
  verifyConfigCode(read, publicKey);
  assert.equal(read.config, config);
  const withNet = { ...config, net: { ssid: 'Foyer ☕', key: 'open sesame' } };
  assert.equal(readConfigCode(makeConfigCode(withNet, privateKey)).config, withNet);
});

test('the same configuration gives the same text, of the kind config', () => {
  const text = makeConfigCode(config, privateKey);
  assert.is(text, makeConfigCode(config, privateKey));
  assert.match(text, /^GHC1:[0-9A-Z $%*+\-./:]+$/);
  assert.is(kindOf(canonical(text, 'QRCode')), 'config');
  assert.is(canonical(text, 'QRCode'), text);
});

test('blanks around a code and lower case do no harm', () => {
  const text = makeConfigCode(config, privateKey);
  assert.equal(readConfigCode(` ${text.toLowerCase()}\r\n`).config, config);
});

test('no code has a blank at an end that a reader may cut', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      fc.integer({ min: 0, max: 0xffff_ffff }),
      fc.constantFrom(undefined, { ssid: 'foyer', key: 'secret' }),
      (claim, seconds, net) => {
        const text = makeConfigCode({ ...config, claim, net, expires: seconds * 1000 }, privateKey);
        const body = text.slice(CONFIG_PREFIX.length);
        assert.is(body, body.trim());
      },
    ),
  );
});

test('no changed character passes', () => {
  const text = makeConfigCode(config, privateKey);
  const seen = new Set<string>();
  for (let i = 0; i < text.length; i++) {
    const other = text[i] === '7' ? '8' : '7';
    const said = outcome(text.slice(0, i) + other + text.slice(i + 1));
    assert.not.equal(said, 'no error', `position ${i}`);
    seen.add(said);
  }
  assert.equal([...seen].sort(), [
    'config-code-damaged',
    'config-code-foreign',
    'config-code-forged',
    'config-code-version',
  ]);
});

test('no part of a code passes', () => {
  const text = makeConfigCode(config, privateKey);
  for (let length = CONFIG_PREFIX.length; length < text.length; length++) {
    assert.is(outcome(text.slice(0, length)), 'config-code-damaged', `length ${length}`);
  }
  assert.is(outcome(`${text}00`), 'config-code-damaged');
  assert.is(outcome(`${text}${'0'.repeat(500)}`), 'config-code-damaged');
});

test('a foreign text, another version and another tenant are told apart', () => {
  assert.is(outcome('https://example.org'), 'config-code-foreign');
  assert.is(outcome(''), 'config-code-foreign');
  assert.is(outcome('GHC2:ABC'), 'config-code-version');
  const other = generateKeyPairSync('ed25519').privateKey;
  assert.is(outcome(makeConfigCode(config, other)), 'config-code-forged');
});

test('another version inside and another way to write the same are refused', () => {
  const text = makeConfigCode(config, privateKey);
  const bytes = fromBase45(text.slice(CONFIG_PREFIX.length))!;
  const version = bytes.indexOf('v'.charCodeAt(0)) + 1;
  assert.is(bytes[version], 1);
  bytes[version] = 2;
  assert.is(outcome(CONFIG_PREFIX + toBase45(bytes)), 'config-code-version');
  bytes[version] = 0x18; // 0x18 0x01 is 1 too, the long way
  const long = [...bytes.slice(0, version + 1), 1, ...bytes.slice(version + 1)];
  const said = outcome(CONFIG_PREFIX + toBase45(Uint8Array.from(long)));
  assert.is(said, 'config-code-damaged');
});

test('a code is good until its moment and not from it on', () => {
  checkNotExpired(config, config.expires - 1);
  assert.is(
    codeOf(() => checkNotExpired(config, config.expires)),
    'config-code-expired',
  );
});

test('what cannot be a configuration is refused when the code is made', () => {
  for (const [field, wrong] of [
    ['url', { url: 'http://cloud.example' }],
    ['url', { url: 'https://cloud.example/path' }],
    ['url', { url: 'https://me:secret@cloud.example' }],
    ['claim', { claim: new Uint8Array(15) }],
    ['pins', { pins: [] }],
    ['pins.0', { pins: [new Uint8Array(31)] }],
    ['exp', { expires: -1000 }],
    ['net.0', { net: { ssid: '', key: '' } }],
  ] as const) {
    try {
      makeConfigCode({ ...config, ...wrong }, privateKey);
      assert.unreachable(field);
    } catch (error) {
      assert.instance(error, GatehouseError);
      assert.is((error as GatehouseError).code, 'config-invalid');
      assert.is((error as GatehouseError).details.field, field);
    }
  }
  const long = { ...config, url: `https://${'a'.repeat(60)}.${'b'.repeat(60)}.example` };
  const net = { ssid: 'x'.repeat(32), key: 'y'.repeat(63) };
  assert.is(
    codeOf(() => makeConfigCode({ ...long, net }, privateKey)),
    'config-code-too-long',
  );
});

test.run();
