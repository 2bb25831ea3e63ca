import 'reflect-metadata';
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { GatehouseError } from '@gatehouse/protocol';
import * as x509 from '@peculiar/x509';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Credentials,
  DEVICE_DAYS,
  fingerprintOf,
  makeAuthority,
  makeCertificateRequest,
  makeDeviceCertificate,
  makePrivateKey,
  makeServerCertificate,
  readCertificateRequest,
} from './authority.ts';

const issue = () => ({ serial: randomBytes(16), now: Date.now() });
const root = await makeAuthority({ ...issue(), name: 'TLS root' });
const deviceRoot = await makeAuthority({ ...issue(), name: 'Device root' });
const issuing = await makeAuthority({ ...issue(), name: 'Device issuing', issuer: deviceRoot });
const hosts = ['cloud.test', 'localhost', '127.0.0.1', '::1'];
const tls = await makeServerCertificate({ ...issue(), authority: root, hosts });

async function makeDevice(authority: Credentials, gateway: string) {
  const key = await makePrivateKey();
  const request = await readCertificateRequest(await makeCertificateRequest(key));
  return { key, ...(await makeDeviceCertificate({ ...issue(), authority, request, gateway })) };
}

/** What a server that asks for device certificates makes of a client: its name, or the refusal. */
async function visit(client: { key: string; chain: string } | undefined, servername: string) {
  const server = createServer({
    key: tls.privateKey,
    cert: tls.chain,
    ca: [deviceRoot.certificate],
    requestCert: true,
    // Lets the refusal be read; with `true` the same judgement ends the connection.
    rejectUnauthorized: false,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const met = new Promise<string>((resolve) => {
    server.once('secureConnection', (socket: TLSSocket) => {
      socket.on('error', () => socket.destroy());
      const name = () => String(socket.getPeerCertificate().subject.CN);
      resolve(socket.authorized ? name() : String(socket.authorizationError));
      socket.end();
    });
  });
  const socket = connect({
    port: (server.address() as AddressInfo).port,
    host: '127.0.0.1',
    servername,
    ca: [root.certificate],
    ...(client === undefined ? {} : { key: client.key, cert: client.chain }),
  });
  const failed = new Promise<string>((resolve) =>
    socket.once('error', (error) =>
      resolve((error as NodeJS.ErrnoException).code ?? error.message),
    ),
  );
  const said = servername === 'cloud.test' ? await met : await failed;
  socket.destroy();
  server.close();
  return said;
}

test('a device certificate is accepted, by its gateway id, where the device root is trusted', async () => {
  assert.is(await visit(await makeDevice(issuing, 'gw-1'), 'cloud.test'), 'gw-1');
});

test('no certificate, one of another authority and a server certificate are refused', async () => {
  const foreign = await makeAuthority({ ...issue(), name: 'Device issuing' });
  assert.is(await visit(undefined, 'cloud.test'), 'UNABLE_TO_GET_ISSUER_CERT');
  const stranger = await makeDevice(foreign, 'gw-1');
  assert.is(await visit(stranger, 'cloud.test'), 'SELF_SIGNED_CERT_IN_CHAIN');
  const notADevice = await makeServerCertificate({ ...issue(), authority: deviceRoot, hosts });
  const posing = { key: notADevice.privateKey, chain: notADevice.chain };
  assert.is(await visit(posing, 'cloud.test'), 'INVALID_PURPOSE');
});

test('a server certificate is good for its names only', async () => {
  const device = await makeDevice(issuing, 'gw-1');
  assert.is(await visit(device, 'elsewhere.test'), 'ERR_TLS_CERT_ALTNAME_INVALID');
  const certificate = new X509Certificate(tls.certificate);
  assert.is(certificate.checkHost('cloud.test'), 'cloud.test');
  for (const address of ['127.0.0.1', '::1']) assert.ok(certificate.checkIP(address));
  assert.not.ok(certificate.checkIP('127.0.0.2'));
});

test('a device whose clock is years behind still takes server and root for valid', () => {
  for (const pem of [tls.certificate, root.certificate]) {
    assert.ok(new X509Certificate(pem).validFromDate <= new Date('2020-01-01T00:00:00Z'));
  }
});

test('a device certificate says what the cloud remembers of it', async () => {
  const device = await makeDevice(issuing, 'gw-7');
  const [own, above] = device.chain.split(/(?<=-----END CERTIFICATE-----)\n/);
  const certificate = new X509Certificate(own!);
  assert.is(certificate.subject, 'CN=gw-7');
  assert.is(certificate.serialNumber.toLowerCase(), device.serial);
  assert.is(certificate.validToDate.getTime(), device.ends);
  const days = (device.ends - Date.now()) / 86_400_000;
  assert.ok(days > DEVICE_DAYS - 1 && days <= DEVICE_DAYS);
  assert.not.ok(certificate.ca);
  assert.ok(certificate.verify(new X509Certificate(above!).publicKey));
});

test('a fingerprint is the SHA-256 of the certificate', () => {
  const expected = new X509Certificate(root.certificate).fingerprint256.replaceAll(':', '');
  assert.is(Buffer.from(fingerprintOf(root.certificate)).toString('hex').toUpperCase(), expected);
});

const openssl = spawnSync('openssl', ['version']).status === 0;
if (!openssl) console.log('SKIPPED a second opinion on certificates: openssl is not installed');
(openssl ? test : test.skip)('openssl, at its strictest, takes both kinds', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-'));
  const device = await makeDevice(issuing, 'gw-1');
  const judge = async (trusted: string, chain: string, purpose: string) => {
    const [own, ...above] = chain.split(/(?<=-----END CERTIFICATE-----)\n/);
    const files = { trusted, own: own!, above: above.join('\n') };
    for (const [name, pem] of Object.entries(files)) await writeFile(join(folder, name), pem);
    const flags = [
      '-x509_strict',
      '-purpose',
      purpose,
      '-CAfile',
      'trusted',
      '-untrusted',
      'above',
    ];
    return spawnSync('openssl', ['verify', ...flags, 'own'], { cwd: folder }).stdout.toString();
  };
  assert.is(await judge(deviceRoot.certificate, device.chain, 'sslclient'), 'own: OK\n');
  assert.is(await judge(root.certificate, tls.chain, 'sslserver'), 'own: OK\n');
  await rm(folder, { recursive: true });
});

async function refusal(pem: string): Promise<string> {
  try {
    await readCertificateRequest(pem);
  } catch (error) {
    if (error instanceof GatehouseError) return error.code;
    throw error;
  }
  return 'no error';
}

test('a request that is damaged, signed by another key or of another kind is refused', async () => {
  const request = await makeCertificateRequest(await makePrivateKey());
  const der = new Uint8Array(new x509.Pkcs10CertificateRequest(request).rawData);
  der[der.length - 3] = der[der.length - 3]! ^ 1;
  assert.is(await refusal(x509.PemConverter.encode(der, 'CERTIFICATE REQUEST')), 'request-invalid');
  assert.is(await refusal(request.slice(0, 200)), 'request-invalid');
  assert.is(await refusal('no request at all'), 'request-invalid');
  const algorithm = { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const large = await x509.Pkcs10CertificateRequestGenerator.create({
    name: 'CN=gateway',
    keys: keys as CryptoKeyPair,
    signingAlgorithm: algorithm,
  });
  assert.is(await refusal(large.toString('pem')), 'request-invalid');
  const edwards = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' });
  assert.is(await refusal(edwards as string), 'request-invalid');
});

test.run();
