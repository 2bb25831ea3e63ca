import { createPublicKey, type PublicKeyInput, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { GatehouseError } from '@gatehouse/protocol';
import {
  askPageName,
  type ConfiguredDevice,
  ENROLMENT_FILE,
  forgetEnrolment,
  loadEnrolment,
} from '@gatehouse/provisioning';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FLEET_KEYS_FILE } from './keys.ts';
import { entrance, type FleetHouse, openFleetHouse } from './test/fleet-house.ts';

const YEAR_MS = 365 * 86_400_000;
const test = suite<{ house: FleetHouse }>('fleet');

test.before.each(async (context) => {
  context.house = await openFleetHouse();
});
test.after.each(async ({ house }) => {
  await house.stop();
});

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof GatehouseError) return error.code;
    throw error;
  }
  return 'no error';
}

test('a public name is for who holds the key of an accepted gateway, and for nobody else', async ({
  house,
}) => {
  const { gateway: id } = await house.enrol('pi-1', (await house.code()).text);
  await house.enrol('pi-2', (await house.code()).text);
  const device = async (name: string) =>
    (await loadEnrolment(house.folderOf(name))) as ConfiguredDevice;
  const mine = await device('pi-1');
  const ask = (one: ConfiguredDevice) => askPageName(one, { addresses: ['192.168.7.20'] });
  assert.is((await ask(mine))?.name, null, 'nobody has compared its key yet');
  await house.fleet.acceptGateway(id, 'Test');
  assert.is((await ask(mine))?.name, `${id}.test.example`);
  const { privateKey } = await device('pi-2');
  assert.is(await codeOf(ask({ ...mine, privateKey })), 'gateway-not-enrolled');
  await house.fleet.revokeGateway(id);
  assert.is(await codeOf(ask(mine)), 'gateway-revoked');
});

test('a device with a config code becomes a gateway with lanes of its own', async ({ house }) => {
  const { text, id } = await house.code();
  const enrolment = await house.claim('pi-1', text);
  assert.match(enrolment.gateway, /^gw-[0-9a-z]{10}$/);
  assert.is(enrolment.tenantName, 'Theatre');
  assert.equal(enrolment.mqtt, { url: 'mqtts://127.0.0.1:8883' });
  assert.equal(
    enrolment.configuration.lanes.map(({ lane, name }) => [lane, name]),
    [
      [`${enrolment.gateway}.lane-1`, 'Left'],
      [`${enrolment.gateway}.lane-2`, 'Right'],
    ],
  );
  const [gateway] = await house.fleet.gateways();
  const certificate = new X509Certificate(enrolment.certificate);
  assert.is(gateway?.id, enrolment.gateway);
  assert.is(gateway?.certificateEnds, certificate.validToDate.getTime());
  assert.is(gateway?.configCode, id);
  assert.is(gateway?.hardware, 'test board');
  const key = {
    key: Buffer.from(enrolment.tenantKey ?? '', 'base64'),
    format: 'der',
    type: 'spki',
  };
  assert.is(createPublicKey(key as PublicKeyInput).asymmetricKeyType, 'ed25519');
  assert.equal(gateway?.halls, ['great-hall']);
  assert.ok(house.fleet.isAllowed(enrolment.gateway));
  assert.not.ok(house.fleet.isAllowed('gw-0000000000'));
});

test('the certificate opens a TLS session at the broker and names the gateway', async ({
  house,
}) => {
  const enrolment = await house.claim('pi-1', (await house.code()).text);
  const kept = await loadEnrolment(house.folderOf('pi-1'));
  assert.ok(kept.state === 'configured');
  const broker = createServer({ ...house.fleet.brokerTls() });
  broker.listen(0, '127.0.0.1');
  await once(broker, 'listening');
  const { port } = broker.address() as AddressInfo;
  const met = once(broker, 'secureConnection') as Promise<[TLSSocket]>;
  const device = connect({
    ...{ host: '127.0.0.1', port, ca: enrolment.tlsRoots },
    ...{ cert: enrolment.certificate, key: kept.privateKey },
  });
  const [socket] = await met;
  assert.ok(socket.authorized);
  assert.is(socket.getPeerCertificate().subject.CN, enrolment.gateway);
  for (const end of [socket, device]) end.destroy();
  const stranger = connect({ host: '127.0.0.1', port, ca: enrolment.tlsRoots });
  const refused = once(broker, 'tlsClientError');
  stranger.on('error', () => stranger.destroy());
  await refused;
  broker.close();
});

test('one device may ask again, another needs a use of its own', async ({ house }) => {
  const { text } = await house.code(2);
  const first = await house.enrol('pi-1', text);
  // The answer was lost: the device has its key but no enrolment.
  await rm(join(house.folderOf('pi-1'), ENROLMENT_FILE));
  assert.is((await house.claim('pi-1', text)).gateway, first.gateway);
  assert.is.not((await house.enrol('pi-2', text)).gateway, first.gateway);
  assert.is(await codeOf(house.claim('pi-3', text)), 'claim-used-up');
  const [code] = await house.fleet.configCodes();
  assert.is(code?.used, 2);
  assert.is(code?.gateways.length, 2);
});

test('devices that come at once share out the uses, not one too many', async ({ house }) => {
  const { text } = await house.code(2);
  const names = ['a', 'b', 'c', 'd'];
  const said = await Promise.all(names.map((name) => codeOf(house.claim(name, text))));
  assert.equal(said.sort(), ['claim-used-up', 'claim-used-up', 'no error', 'no error']);
  assert.is((await house.fleet.gateways()).length, 2);
});

test('a code that is unknown, expired or revoked gives nothing', async ({ house }) => {
  const revoked = await house.code();
  await house.fleet.revokeCode(revoked.id);
  assert.is(await codeOf(house.claim('pi-1', revoked.text)), 'claim-revoked');
  const late = await house.code();
  house.clock.at = late.expires;
  assert.is(await codeOf(house.claim('pi-1', late.text)), 'claim-expired');
  const gone = await house.code();
  await house.store.db.deleteFrom('config_codes' as 'tickets').execute();
  assert.is(await codeOf(house.claim('pi-1', gone.text)), 'claim-unknown');
  assert.is((await loadEnrolment(house.folderOf('pi-1'))).state, 'unconfigured');
  assert.equal(await house.fleet.gateways(), []);
  assert.is(await codeOf(house.fleet.revokeCode('code-none')), 'config-code-unknown');
  const limits = { uses: 1, expires: house.clock.at };
  assert.is(await codeOf(house.fleet.makeCode(entrance, limits)), 'config-code-expires-early');
});

test('a device that had its use gets its answer again after the code ended', async ({ house }) => {
  const code = await house.code();
  const first = await house.enrol('pi-1', code.text);
  await house.fleet.revokeCode(code.id);
  house.clock.at = code.expires + 1;
  await rm(join(house.folderOf('pi-1'), ENROLMENT_FILE));
  assert.is((await house.claim('pi-1', code.text)).gateway, first.gateway);
});

test('a revoked gateway is shut out at once, for good, and cannot claim again', async ({
  house,
}) => {
  const { text } = await house.code();
  const { gateway } = await house.enrol('pi-1', text);
  const told: string[] = [];
  house.fleet.onRevoked((id) => told.push(id));
  await house.fleet.revokeGateway(gateway);
  assert.equal(told, [gateway]);
  assert.not.ok(house.fleet.isAllowed(gateway));
  await rm(join(house.folderOf('pi-1'), ENROLMENT_FILE));
  assert.is(await codeOf(house.claim('pi-1', text)), 'gateway-revoked');
  await house.restart();
  assert.not.ok(house.fleet.isAllowed(gateway));
  assert.is(await codeOf(house.fleet.revokeGateway('gw-none')), 'gateway-unknown');
  await forgetEnrolment(house.folderOf('pi-1'));
  const next = await house.claim('pi-1', (await house.code()).text);
  assert.is.not(next.gateway, gateway);
});

test('keys are made once, for their owner only, and hold after a restart', async ({ house }) => {
  const path = join(house.dataDir, FLEET_KEYS_FILE);
  assert.is((await stat(path)).mode & 0o777, 0o600);
  const { gateway } = await house.claim('pi-1', (await house.code()).text);
  const root = house.fleet.brokerTls().ca;
  await house.restart();
  assert.is(house.fleet.brokerTls().ca, root);
  assert.ok(house.fleet.isAllowed(gateway));
  await writeFile(path, '{}');
  assert.is(await codeOf(house.restart()), 'fleet-keys-unreadable');
});

test('the next issuing authority takes over a year early; offline, the root’s key is asked for', async ({
  house,
}) => {
  const path = join(house.dataDir, FLEET_KEYS_FILE);
  const root = new X509Certificate(house.fleet.brokerTls().ca);
  const issuerOf = ({ certificate }: { certificate: string }) =>
    new X509Certificate(certificate.slice(certificate.indexOf('-----END') + 25));
  const first = issuerOf(await house.claim('pi-1', (await house.code()).text));
  const edit = async (key: string) => {
    const keys = JSON.parse(await readFile(path, 'utf8'));
    const before = keys.deviceRoot.privateKey;
    keys.deviceRoot.privateKey = key;
    await writeFile(path, JSON.stringify(keys));
    return before as string;
  };
  const key = await edit('');
  house.clock.at += 4.5 * YEAR_MS;
  await house.restart();
  assert.match(JSON.stringify(house.logged), 'device-root-needed');
  await edit(key);
  await house.restart();
  const next = issuerOf(await house.claim('pi-2', (await house.code()).text));
  assert.is.not(next.fingerprint, first.fingerprint);
  for (const one of [first, next]) assert.ok(one.verify(root.publicKey), 'both beside each other');
  await edit('');
  house.clock.at += 5 * YEAR_MS;
  assert.is(await codeOf(house.restart()), 'device-root-needed');
  await edit(key);
});

test('a broker under a name that the certificate lacks is checked by one it has', async () => {
  const house = await openFleetHouse('mqtts://broker.elsewhere.test:8883');
  const { mqtt } = await house.claim('pi-1', (await house.code()).text);
  assert.equal(mqtt, { url: 'mqtts://broker.elsewhere.test:8883', servername: 'localhost' });
  await house.stop();
});

test('no log line holds a claim, a code or a key', async ({ house }) => {
  const { text } = await house.code();
  await house.claim('pi-1', text);
  await codeOf(house.claim('pi-2', text));
  const lines = JSON.stringify(house.logged);
  assert.ok(house.logged.length >= 2);
  assert.not.match(lines, /GHC1|PRIVATE|BEGIN|Main door/);
});

test.run();
