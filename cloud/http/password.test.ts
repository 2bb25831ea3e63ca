import { randomBytes, scryptSync } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ARGON2_COST, createPasswords, WAITING_MAX } from './password.ts';

const CHEAP = { memory: 64, passes: 1, parallelism: 1 };

test('a password is kept as argon2id with its parameters and salt', async () => {
  const passwords = createPasswords(randomBytes);
  const stored = await passwords.hash('correct horse');
  assert.match(stored, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  assert.is(await passwords.verify('correct horse', stored), true);
  assert.is(await passwords.verify('correct horsf', stored), false);
  assert.is.not(await passwords.hash('correct horse'), stored);
});

test('an unknown name costs one hash like a wrong password, and is never right', async () => {
  const passwords = createPasswords(randomBytes, CHEAP);
  for (const stored of [null, undefined, '', 'plain', '$argon2id$v=19$broken']) {
    assert.is(await passwords.verify('correct horse', stored), false);
  }
});

test('a letter typed as two characters is the same letter', async () => {
  const passwords = createPasswords(randomBytes, CHEAP);
  const stored = await passwords.hash('caf\u00e9 caf\u00e9');
  assert.is(await passwords.verify('cafe\u0301 cafe\u0301', stored), true);
});

test('a hash of other parameters still opens, and is known to be old', async () => {
  const before = createPasswords(randomBytes, CHEAP);
  const now = createPasswords(randomBytes, { ...CHEAP, passes: 2 });
  const stored = await before.hash('correct horse');
  assert.equal([before.isOld(stored), now.isOld(stored)], [false, true]);
  assert.is(await now.verify('correct horse', stored), true);
  assert.is(createPasswords(randomBytes, ARGON2_COST).isOld(stored), true);
});

test('a hash made where there was no argon2 still opens', async () => {
  const salt = randomBytes(16);
  const key = scryptSync('correct horse', salt, 32, { N: 2 ** 14, r: 8, p: 5 });
  const text = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
  const stored = `$scrypt$ln=14,r=8,p=5$${text(salt)}$${text(key)}`;
  const passwords = createPasswords(randomBytes, CHEAP);
  assert.is(await passwords.verify('correct horse', stored), true);
  assert.is(await passwords.verify('wrong', stored), false);
  assert.is(passwords.isOld(stored), true);
});

test('at most so many wait for their turn; the rest are told at once', async () => {
  const passwords = createPasswords(randomBytes, CHEAP);
  const all = await Promise.allSettled(
    Array.from({ length: WAITING_MAX + 5 }, () => passwords.hash('correct horse')),
  );
  const refused = all.filter(({ status }) => status === 'rejected');
  assert.is(refused.length, 3);
  const [first] = refused as PromiseRejectedResult[];
  assert.is(first?.reason.code, 'login-busy');
  assert.is(await passwords.verify('a', await passwords.hash('a')), true);
});

test.run();
