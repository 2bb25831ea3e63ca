import { once } from 'node:events';
import { Agent, request } from 'node:https';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FleetHouse, openFleetHouse } from './test/fleet-house.ts';

const SEED = 3;
const RUNS = 300;
let house: FleetHouse | undefined;
const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });

test.after(async () => {
  agent.destroy();
  await house?.stop();
});

const odd = fc.constantFrom<unknown>(
  ...['', 'c2hvcnQ=', Buffer.alloc(16, 7).toString('base64'), '\ud800', '\0', 'x'.repeat(3_000)],
  ...[
    null,
    1e308,
    [],
    {},
    '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----',
  ],
);
const body = fc.oneof(
  fc
    .dictionary(fc.constantFrom('claim', 'request', 'hardware', 'software', '__proto__'), odd)
    .map((fields) => JSON.stringify(fields)),
  fc.string({ unit: 'binary', maxLength: 200 }),
);
const path = fc.oneof(
  fc.constantFrom(
    '/enrol/1/claim',
    '/enrol/1/tenant',
    '/enrol/1/tenant?claim=%00',
    '/enrol/2/claim',
  ),
  fc.string({ maxLength: 20 }).map((raw) => `/${encodeURIComponent(raw.toWellFormed())}`),
);

test('no request of a stranger makes the enrolment fail; every refusal has code and message', async () => {
  house = await openFleetHouse();
  const { fleet, logged } = house;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('GET', 'POST'), path, body, async (method, at, sent) => {
      const headers = { 'content-type': 'application/json' };
      const asked = request(`${fleet.enrolUrl}${at}`, { method, agent, headers });
      asked.end(method === 'POST' ? sent : undefined);
      const [answer] = await once(asked, 'response');
      let text = '';
      for await (const part of answer) text += part;
      assert.ok(answer.statusCode < 500, `${method} ${at}: ${text}`);
      if (answer.statusCode < 400) return;
      const said = JSON.parse(text);
      assert.equal([typeof said.code, typeof said.message], ['string', 'string'], text);
    }),
    { seed: SEED, numRuns: RUNS },
  );
  assert.equal(logged, []);
  assert.equal(await fleet.gateways(), []);
});

test.run();
