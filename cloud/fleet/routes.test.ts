import { GatehouseError } from '@gatehouse/protocol';
import { readConfigCode } from '@gatehouse/provisioning';
import fastify, { type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fleetRoutes } from './routes.ts';
import { entrance, type FleetHouse, openFleetHouse } from './test/fleet-house.ts';

const test = suite<{ house: FleetHouse; api: FastifyInstance }>('fleet routes');

test.before.each(async (context) => {
  context.house = await openFleetHouse();
  context.api = fastify();
  context.api.setValidatorCompiler(validatorCompiler);
  context.api.setSerializerCompiler(serializerCompiler);
  context.api.setErrorHandler((error, _request, reply) => {
    const known = error instanceof GatehouseError;
    const status = known ? error.status : ((error as { statusCode?: number }).statusCode ?? 500);
    return reply.status(status).send({ code: known ? error.code : 'request-invalid' });
  });
  context.api.addHook('onRequest', async (request) => {
    request.caller = { id: 't', name: 'Anna', role: 'administrator', roles: ['administrator'] };
  });
  await context.api.register(
    fleetRoutes(context.house.fleet, async () => undefined),
    { prefix: '/api/v1' },
  );
});
test.after.each(async ({ api, house }) => {
  await api.close();
  await house.stop();
});

const url = '/api/v1/config-codes';
const asked = () => ({
  ...entrance,
  uses: 3,
  expires: Date.now() + 3_600_000,
});

test('what lanes do without a journal is chosen with the code and reaches the gateway', async ({
  api,
  house,
}) => {
  const payload = { ...asked(), withoutJournal: 'open' };
  const made = await api.inject({ method: 'POST', url, payload });
  const { configuration } = await house.claim('pi-open', made.json().text);
  assert.is(configuration.withoutJournal, 'open');
  const wrong = { ...asked(), withoutJournal: 'sometimes' };
  assert.is((await api.inject({ method: 'POST', url, payload: wrong })).statusCode, 400);
});

test('a code is made, listed with who used it, and revoked', async ({ api, house }) => {
  const made = await api.inject({ method: 'POST', url, payload: asked() });
  assert.is(made.statusCode, 201, made.body);
  const { id, text, expires } = made.json();
  assert.is(readConfigCode(text).config.expires, expires);
  const { gateway } = await house.enrol('pi-1', text);
  const [listed] = (await api.inject({ url })).json().configCodes;
  assert.is(listed.id, id);
  assert.is(listed.uses, 3);
  assert.is(listed.used, 1);
  assert.equal(listed.gateways, [gateway]);
  assert.is(listed.revoked, null);
  assert.not.ok(JSON.stringify(listed).includes('GHC1'));
  const revoked = await api.inject({ method: 'DELETE', url: `${url}/${id}` });
  assert.is(revoked.statusCode, 204);
  const [after] = (await api.inject({ url })).json().configCodes;
  assert.is.not(after.revoked, null);
});

test('a gateway is revoked, an unknown one is not', async ({ api, house }) => {
  const { gateway } = await house.claim('pi-1', (await house.code()).text);
  const revoke = (id: string) =>
    api.inject({ method: 'POST', url: `/api/v1/gateways/${id}/revoke` });
  assert.is((await revoke(gateway)).statusCode, 204);
  assert.not.ok(house.fleet.isAllowed(gateway));
  const unknown = await revoke('gw-none');
  assert.is(unknown.statusCode, 404);
  assert.is(unknown.json().code, 'gateway-unknown');
});

test('what is no entrance, or for too many devices or for the past, is refused', async ({
  api,
  house,
}) => {
  const wrong = [
    { uses: 0 },
    { uses: 51 },
    { lanes: [] },
    { name: ' ' },
    { language: 'xx' },
    { expires: 'tomorrow' },
    { expires: Date.UTC(2020, 0) },
    { lanes: [{ name: 'Left', direction: 'up', staffed: false }] },
  ];
  for (const change of wrong) {
    const said = await api.inject({ method: 'POST', url, payload: { ...asked(), ...change } });
    assert.is(said.statusCode, 400, JSON.stringify(change));
  }
  assert.equal(await house.fleet.configCodes(), []);
});

test.run();
