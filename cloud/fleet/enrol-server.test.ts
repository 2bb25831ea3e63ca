import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:https';
import { claimDigest, readConfigCode } from '@gatehouse/provisioning';
import { makeCertificateRequest, makePrivateKey } from '@gatehouse/provisioning/authority';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type FleetHouse, openFleetHouse } from './test/fleet-house.ts';

const test = suite<{ house: FleetHouse }>('enrolment server');

test.before.each(async (context) => {
  context.house = await openFleetHouse();
});
test.after.each(async ({ house }) => {
  await house.stop();
});

/** What a foreign program gets: status and JSON. */
async function ask(house: FleetHouse, path: string, body?: string) {
  const asked = request(`${house.fleet.enrolUrl}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    rejectUnauthorized: false,
    agent: false,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
  });
  asked.end(body);
  const [answer] = await once(asked, 'response');
  let text = '';
  for await (const part of answer) text += part;
  return { status: answer.statusCode, answer: JSON.parse(text) };
}

const goodClaim = async (claim: Uint8Array) => ({
  claim: Buffer.from(claim).toString('base64'),
  request: await makeCertificateRequest(await makePrivateKey()),
  hardware: 'test',
  software: '1',
});

test('whose server it is can be asked, and what a claim is for only by who knows it', async ({
  house,
}) => {
  const { text } = await house.code();
  const digest = claimDigest(readConfigCode(text).config.claim);
  const open = await ask(house, '/enrol/1/tenant');
  assert.is(open.answer.tenantName, 'Theatre');
  assert.is(open.answer.place, undefined);
  const known = await ask(house, `/enrol/1/tenant?claim=${digest}`);
  assert.equal(known.answer.place, { name: 'Main door', venue: 'theatre', entrance: 'main' });
  const guessed = randomBytes(32).toString('hex');
  assert.is((await ask(house, `/enrol/1/tenant?claim=${guessed}`)).answer.place, undefined);
});

test('a claim that fits no schema, is too large or is no JSON is answered with a code', async ({
  house,
}) => {
  const { config } = readConfigCode((await house.code()).text);
  const good = await goodClaim(config.claim);
  const wrong: Array<[number, string]> = [
    [400, '{"half":'],
    [400, '{}'],
    [400, JSON.stringify({ ...good, claim: 'c2hvcnQ=' })],
    [400, JSON.stringify({ ...good, request: 'not a request' })],
    [413, JSON.stringify({ ...good, hardware: 'x'.repeat(40_000) })],
  ];
  for (const [status, body] of wrong) {
    const said = await ask(house, '/enrol/1/claim', body);
    assert.is(said.status, status, body.slice(0, 40));
    assert.is(said.answer.code, 'request-invalid');
    assert.type(said.answer.message, 'string');
  }
  assert.equal(await house.fleet.gateways(), []);
  assert.is((await ask(house, '/else')).answer.code, 'path-unknown');
  assert.is((await ask(house, '/enrol/1/claim', JSON.stringify(good))).status, 200);
});

test('an unknown claim and a fault of the house are told apart', async ({ house }) => {
  const unknown = JSON.stringify(await goodClaim(randomBytes(16)));
  const said = await ask(house, '/enrol/1/claim', unknown);
  assert.is(said.status, 404);
  assert.is(said.answer.code, 'claim-unknown');
  await house.store.db.schema.dropTable('gateways').execute();
  const { config } = readConfigCode((await house.code()).text);
  const fault = await ask(house, '/enrol/1/claim', JSON.stringify(await goodClaim(config.claim)));
  assert.is(fault.status, 503);
  assert.is(fault.answer.code, 'store-failed');
});

test.run();
