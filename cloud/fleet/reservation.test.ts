import { createPublicKey } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { GatehouseError } from '@gatehouse/protocol';
import {
  ANY_TIME,
  ENROLMENT_FILE,
  keyMark,
  loadEnrolment,
  loadPrivateKey,
  openPinnedLink,
  RENEW_PATH,
  Renewal,
  readConfigCode,
} from '@gatehouse/provisioning';
import { makeCertificateRequest, makePrivateKey } from '@gatehouse/provisioning/authority';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RESERVATION_MS } from './enrol-store.ts';
import { type FleetHouse, openFleetHouse } from './test/fleet-house.ts';

const test = suite<{ house: FleetHouse }>('reservations');
test.before.each(async (context) => {
  context.house = await openFleetHouse();
});
test.after.each(({ house }) => house.stop());

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof GatehouseError) return error.code;
    throw error;
  }
  return 'no error';
}

/** Asks for another certificate with a key, as `gateway`. */
async function renew(text: string, gateway: string, key: string) {
  const link = await openPinnedLink(readConfigCode(text).config, ANY_TIME, {
    pause: async () => {},
  });
  const request = await makeCertificateRequest(key);
  return Renewal.parse(await link.post(RENEW_PATH, { gateway, request, software: '2' }));
}

test('a use is kept for 15 minutes and counted only when its gateway connects', async ({
  house,
}) => {
  const { text } = await house.code(1);
  const { gateway } = await house.claim('pi-1', text);
  const codes = async () => (await house.fleet.configCodes())[0];
  assert.equal([(await codes())?.used, (await codes())?.reserved], [0, 1]);
  assert.is(await codeOf(house.claim('pi-2', text)), 'claim-used-up');
  house.clock.at += RESERVATION_MS - 1;
  assert.ok(await house.fleet.arrived(gateway, house.serialOf(gateway)));
  assert.equal([(await codes())?.used, (await codes())?.reserved], [1, 0]);
  house.clock.at += RESERVATION_MS;
  assert.ok(house.fleet.isAllowed(gateway, house.serialOf(gateway)));
  assert.is(await codeOf(house.claim('pi-2', text)), 'claim-used-up');
});

test('a place that lapsed is another’s, and its certificate opens nothing any more', async ({
  house,
}) => {
  const { text } = await house.code(1);
  const { gateway } = await house.claim('pi-1', text);
  const serial = house.serialOf(gateway);
  house.clock.at += RESERVATION_MS;
  assert.not.ok(house.fleet.isAllowed(gateway, serial));
  assert.not.ok(await house.fleet.arrived(gateway, serial));
  const key = (await loadPrivateKey(house.folderOf('pi-1'))) as string;
  assert.is(await codeOf(renew(text, gateway, key)), 'reservation-lapsed');
  assert.is((await house.fleet.gateways())[0]?.standing, 'lapsed');
  const other = await house.enrol('pi-2', text);
  await rm(join(house.folderOf('pi-1'), ENROLMENT_FILE));
  assert.is(await codeOf(house.claim('pi-1', text)), 'claim-used-up');
  assert.is((await house.fleet.configCodes())[0]?.used, 1);
  assert.ok(house.fleet.isAllowed(other.gateway));
});

test('a device whose place lapsed claims again under its id with another certificate', async ({
  house,
}) => {
  const { text } = await house.code(1);
  const { gateway } = await house.claim('pi-1', text);
  const old = house.serialOf(gateway);
  house.clock.at += RESERVATION_MS;
  await rm(join(house.folderOf('pi-1'), ENROLMENT_FILE));
  assert.is((await house.enrol('pi-1', text)).gateway, gateway);
  assert.not.ok(house.fleet.isAllowed(gateway, old));
  assert.ok(house.fleet.isAllowed(gateway, house.serialOf(gateway).toUpperCase()));
});

test('a new gateway waits until somebody has compared its key', async ({ house }) => {
  const { text } = await house.code(1);
  const { gateway } = await house.enrol('pi-1', text);
  const told: string[] = [];
  house.fleet.onMembers(() => told.push('members'));
  const [row] = await house.fleet.gateways();
  assert.is(row?.standing, 'waiting');
  const key = (await loadPrivateKey(house.folderOf('pi-1'))) as string;
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  assert.is(row?.keyMark, keyMark(spki));
  assert.match(row?.keyMark as string, /^[0-9A-Z]{3}-[0-9A-Z]{3}$/);
  assert.not.ok(house.fleet.isAccepted(gateway));
  await house.fleet.acceptGateway(gateway, 'Anna');
  await house.fleet.acceptGateway(gateway, 'Bob');
  assert.ok(house.fleet.isAccepted(gateway));
  const [accepted] = await house.fleet.gateways();
  assert.equal([accepted?.standing, accepted?.acceptedBy], ['active', 'Anna']);
  assert.equal(told, ['members']);
  await house.restart();
  assert.ok(house.fleet.isAccepted(gateway));
  await house.fleet.revokeGateway(gateway);
  assert.is(await codeOf(house.fleet.acceptGateway(gateway, 'Anna')), 'gateway-unknown');
});

test('acceptance is waived only for who comes before the hour is over', async ({ house }) => {
  const { text } = await house.code(2, { waiveMinutes: 30, expires: house.clock.at + 7_200_000 });
  const early = await house.enrol('pi-1', text);
  house.clock.at += 30 * 60_000;
  const late = await house.enrol('pi-2', text);
  assert.ok(house.fleet.isAccepted(early.gateway));
  assert.not.ok(house.fleet.isAccepted(late.gateway));
});

test('the old certificate works until the new one has connected', async ({ house }) => {
  const { text } = await house.code(1);
  const { gateway } = await house.enrol('pi-1', text);
  const old = house.serialOf(gateway);
  const kept = await loadEnrolment(house.folderOf('pi-1'));
  assert.ok(kept.state === 'configured');
  await renew(text, gateway, kept.privateKey);
  const unused = house.serialOf(gateway);
  await renew(text, gateway, kept.privateKey);
  const next = house.serialOf(gateway);
  const good = [old, unused, next].map((serial) => house.fleet.isAllowed(gateway, serial));
  assert.equal(good, [true, false, true], 'an answer that was lost leaves nothing behind');
  await house.restart();
  assert.ok(await house.fleet.arrived(gateway, next));
  assert.not.ok(house.fleet.isAllowed(gateway, old));
  assert.ok(house.fleet.isAllowed(gateway, next));
});

test('a key renews for ever, but only its own gateway and only until it is revoked', async ({
  house,
}) => {
  const { text } = await house.code(2);
  const { gateway } = await house.enrol('pi-1', text);
  const kept = await loadEnrolment(house.folderOf('pi-1'));
  assert.ok(kept.state === 'configured');
  house.clock.at += 400 * 86_400_000;
  assert.ok((await renew(text, gateway, kept.privateKey)).certificate);
  const foreign = await makePrivateKey();
  assert.is(await codeOf(renew(text, gateway, foreign)), 'gateway-not-enrolled');
  assert.is(await codeOf(renew(text, 'gw-none', kept.privateKey)), 'gateway-not-enrolled');
  await house.fleet.revokeGateway(gateway);
  assert.is(await codeOf(renew(text, gateway, kept.privateKey)), 'gateway-revoked');
});

test.run();
