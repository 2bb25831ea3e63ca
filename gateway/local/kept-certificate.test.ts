import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Credentials,
  makeAuthority,
  makeServerCertificate,
} from '@gatehouse/provisioning/authority';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../clock.ts';
import {
  CERTIFICATE_LOOK_MS,
  CERTIFICATE_LOW_MS,
  createKeptCertificate,
} from './kept-certificate.ts';

const NOW = Date.now();
const data = mkdtempSync(join(tmpdir(), 'gatehouse-certificate-'));
const files = { certificate: join(data, 'fullchain.pem'), key: join(data, 'privkey.pem') };
const issue = () => ({ serial: randomBytes(16), now: NOW });
const authority = await makeAuthority({ ...issue(), name: 'Somebody' });
const one = await makeServerCertificate({ ...issue(), authority, hosts: ['door.example'] });
const other = await makeServerCertificate({ ...issue(), authority, hosts: ['door.example'] });

test.after(() => rmSync(data, { recursive: true }));

function put({ chain }: Credentials, { privateKey }: Credentials): void {
  writeFileSync(files.certificate, chain);
  writeFileSync(files.key, privateKey);
}

/** A kept certificate whose timer the test runs. */
function kept(own = false) {
  const state = { wall: NOW };
  const told: string[] = [];
  const logged: string[] = [];
  let look: (() => void) | undefined;
  const certificate = createKeptCertificate({
    options: { data, host: '127.0.0.1', ...(own ? {} : files) },
    clock: {
      ...systemClock,
      wall: () => state.wall,
      setTimeout(run, ms) {
        assert.is(ms, CERTIFICATE_LOOK_MS);
        look = run;
        return undefined;
      },
    },
    log: { info() {}, warn() {}, error: (_: object, words: string) => logged.push(words) } as never,
    onNew: ({ chain }) => void told.push(chain),
  });
  return {
    ...{ certificate, told, logged, state },
    async look() {
      const before = look;
      look?.();
      for (let n = 0; look === before && n < 1_000; n += 1) {
        await new Promise((again) => setTimeout(again, 5));
      }
      assert.is.not(look, before, 'it looks again afterwards');
    },
  };
}

test('a new certificate in the files is taken without a restart, once', async () => {
  put(one, one);
  const { certificate, told, look } = kept();
  assert.is((await certificate.start()).chain, one.chain);
  await look();
  assert.equal(told, []);
  put(other, other);
  await look();
  await look();
  assert.equal(told, [other.chain]);
  assert.ok((certificate.view?.ends ?? 0) > NOW + CERTIFICATE_LOW_MS);
  await certificate.stop();
});

test('a key of another certificate is named; the one before goes on until they fit', async () => {
  put(one, one);
  const { certificate, told, logged, look } = kept();
  await certificate.start();
  put(other, one);
  await look();
  await look();
  assert.equal(told, []);
  assert.is(logged.length, 1, 'it is said once');
  assert.match(
    certificate.view?.fault ?? '',
    `${files.key} is not the key of ${files.certificate}`,
  );
  put(other, other);
  await look();
  assert.equal(told, [other.chain]);
  assert.is(certificate.view?.fault, undefined);
  rmSync(files.key);
  await look();
  assert.match(certificate.view?.fault ?? '', files.key);
  await certificate.stop();
});

test('files that cannot be used at the start do not keep the gateway from starting', async () => {
  writeFileSync(files.certificate, 'half a certifi');
  writeFileSync(files.key, one.privateKey);
  const { certificate, told, look } = kept();
  const begun = await certificate.start();
  assert.match(begun.chain, 'BEGIN CERTIFICATE');
  assert.match(certificate.view?.fault ?? '', /can’t be used/);
  put(one, one);
  await look();
  assert.equal(told, [one.chain]);
  await certificate.stop();
});

test('a certificate of its own is made anew before it ends', async () => {
  const { certificate, told, look, state } = kept(true);
  const { ends, chain } = await certificate.start();
  await look();
  assert.equal(told, []);
  state.wall = ends - CERTIFICATE_LOW_MS + 1;
  await look();
  assert.is(told.length, 1);
  assert.is.not(told[0], chain);
  assert.ok((certificate.view?.ends ?? 0) > ends);
  await certificate.stop();
});

test.run();
