import { request } from 'node:http';
import { join } from 'node:path';
import { claimEntrance } from '@gatehouse/provisioning';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Api, enrol, perform } from './test/api.ts';
import { startCloud, type WholeCloud } from './test/whole-cloud.ts';

/** Two theatres on one machine, as docs/decisions/tenants.md has them: a cloud each. */
const test = suite('two tenants side by side');
const HOSTS = ['kade.example', 'zuid.example'] as const;
/** More than any limit of mails takes at once. */
const MANY = 100;
const ANNA = 'anna@example.org';
let clouds: readonly WholeCloud[];

test.before(async () => {
  clouds = await Promise.all(
    HOSTS.map((host) =>
      startCloud({ shopHost: [host], portalHost: `portal.${host}`, tenantName: host }),
    ),
  );
});
test.after(async () => {
  for (const cloud of clouds ?? []) await cloud.stop();
});

/** As a browser or script that comes by this name; `fetch` lets nobody choose the host. */
function ask(of: number, path: string, headers: object, body?: object, host = HOSTS[of]) {
  const { port } = new URL((clouds[of] as WholeCloud).api.base);
  const all = { host, ...(body ? { 'content-type': 'application/json' } : {}), ...headers };
  return new Promise<{ status: number; text: string; cookies: string[] }>((done, failed) => {
    const sent = request(
      { host: '127.0.0.1', port, path, method: body ? 'POST' : 'GET', headers: all },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk) => chunks.push(chunk));
        answer.on('end', () => {
          const cookies = (answer.headers['set-cookie'] ?? []).map(
            (one) => one.split(';')[0] ?? '',
          );
          const text = Buffer.concat(chunks).toString();
          done({ status: answer.statusCode ?? 0, text, cookies });
        });
      },
    );
    sent.on('error', failed).end(body && JSON.stringify(body));
  });
}

/** The administrator's API by the tenant's own name. */
function api(of: number): Api {
  const { base, token } = (clouds[of] as WholeCloud).api;
  return {
    ...{ base, token },
    async call(method, path, body) {
      assert.ok(method === 'GET' || body !== undefined);
      const bearer = { authorization: `Bearer ${token}` };
      const { status, text } = await ask(of, `/api/v1${path}`, bearer, body as object);
      return { status, body: text === '' ? undefined : JSON.parse(text) };
    },
  };
}

test('P11: each answers to its own names, and to the other’s with nothing', async () => {
  const health = (of: number, host: string) => ask(of, '/shop/', {}, undefined, host as never);
  assert.is((await health(0, HOSTS[0])).status, 200);
  for (const foreign of [HOSTS[1], `portal.${HOSTS[1]}`, 'kade.example.evil', '']) {
    const { status, text } = await health(0, foreign);
    assert.equal([status, text], [404, ''], foreign);
  }
});

test('P11: an administrator of one is a stranger to the other', async () => {
  const bearer = { authorization: `Bearer ${clouds[0]?.api.token}` };
  assert.is((await ask(0, '/api/v1/performances', bearer)).status, 200);
  assert.is((await ask(1, '/api/v1/performances', bearer)).status, 401);
});

test('P11: a guest of one is a stranger to the other, with the same address and the same cookie', async () => {
  const origin = (of: number) => ({ origin: `http://${HOSTS[of]}` });
  const login = { email: ANNA, language: 'en' };
  const asked = await ask(0, '/account/api/v1/login-link', origin(0), login);
  assert.is(asked.status, 202, asked.text);
  const [first] = (await api(0).call('GET', '/mail/outbox?limit=1')).body.mails;
  const { mail } = (await api(0).call('GET', `/mail/outbox/${first.id}`)).body;
  const link = /#([\w-]{43})/.exec(mail.html)?.[1];
  const cookie = { cookie: asked.cookies.join('; ') };
  const foreign = await ask(1, '/account/api/v1/links/use', { ...origin(1), ...cookie }, { link });
  assert.ok(foreign.status >= 400, 'its link is worth nothing there');
  const used = await ask(0, '/account/api/v1/links/use', { ...origin(0), ...cookie }, { link });
  assert.is(used.status, 200, used.text);
  const session = { cookie: used.cookies.join('; ') };
  assert.is((await ask(0, '/account/api/v1/account', session)).status, 200);
  assert.is((await ask(1, '/account/api/v1/account', session)).status, 401);
  assert.equal((await api(1).call('GET', '/mail/outbox')).body.mails, [], 'no mail of the other');
});

test('P11: what one has used up of its limits the other still has', async () => {
  const forgot = async (of: number) => {
    const body = { email: ANNA, language: 'en' };
    const from = { origin: `http://${HOSTS[of]}` };
    return (await ask(of, '/account/api/v1/forgot', from, body)).status;
  };
  let last = 202;
  for (let n = 0; n < MANY && last === 202; n++) last = await forgot(0);
  assert.is(last, 429);
  assert.is(await forgot(1), 202);
});

test('P11: data and keys are apart: no performance, no ticket, no gateway of one is known to the other', async () => {
  const show = await perform(api(0));
  const { body: ticket } = await api(0).call('POST', `/performances/${show}/tickets`, {
    code: 'ONLY-HERE-1',
  });
  assert.is((await api(0).call('GET', `/tickets/${ticket.id}`)).status, 200);
  assert.is((await api(1).call('GET', `/tickets/${ticket.id}`)).status, 404);
  assert.is((await api(1).call('GET', `/performances/${show}`)).status, 404);

  const [own, other] = clouds as [WholeCloud, WholeCloud];
  const gate = await enrol(api(0), join(own.dir, 'gate'));
  const reached = await gate.connect(other.cloud.ports().mqtt).then(
    () => 'connected',
    () => 'refused',
  );
  assert.is(reached, 'refused', 'its certificate is worth nothing at the other’s broker');
  const { gateways } = (await api(1).call('GET', '/gateways')).body;
  assert.equal(gateways, []);
  const { body: made } = await api(1).call('POST', '/config-codes', {
    ...{ name: 'Zuid', venue: 'zuid', entrance: 'main', language: 'en', halls: [], uses: 1 },
    lanes: [{ name: 'Left', direction: 'entry', staffed: true }],
    ...{ expires: Date.now() + 3_600_000, waiveMinutes: 60 },
  });
  const code = await claimEntrance({
    configText: made.text,
    dataDir: join(own.dir, 'gate'),
    clock: { now: () => Date.now() },
    hardware: 'test board',
    software: '0.1.0',
  }).then(
    () => 'enrolled',
    (fault) => fault.code,
  );
  assert.is(code, 'already-enrolled', 'a gateway of one takes no code of the other');
});

test.run();
