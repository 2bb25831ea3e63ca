import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { askInterleaved, type Kinds, toldApart } from '../../test/alike.ts';
import { LINKS_WITHIN_MS } from './links.ts';
import { HOST, startGuests } from './test/guest-house.ts';

/** Of each kind; interleaved. Every request is about an address of its own. */
const EACH = 1_000;
const PASSWORD = 'seagulls over the quay';
const house = await startGuests();
let asked = 0;
test.after(() => house.stop());

/** Addresses with an account and a password, and with an account that has none. */
test.before(async () => {
  const hash = await hashOf('a.first@example.org');
  const { tenant } = await house.store.db
    .selectFrom('accounts')
    .select('tenant')
    .executeTakeFirstOrThrow();
  await house.store.db.transaction().execute(async (step) => {
    for (let n = 0; n < EACH; n++) {
      for (const [kind, password] of [
        ['guest', hash],
        ['mailed', null],
      ] as const) {
        const values = {
          ...{ tenant, id: `${kind}${n}`, email: `${kind}${n}@example.org`, language: 'nl' },
          ...{ name: null, phone: null, phone_verified: null, phone_limit_lifted: null },
          ...{ password, created: house.clock.now() },
        };
        await step.insertInto('accounts').values(values).execute();
      }
    }
  });
});

/** Makes an account as a guest does and gives what is kept of its password. */
async function hashOf(email: string): Promise<string | null> {
  const own = house.browser();
  await own.call('POST', '/register', { email, language: 'nl', password: PASSWORD });
  await own.call('POST', '/links/use', { link: house.linkTo(email) });
  const row = house.store.db.selectFrom('accounts').select('password').where('email', '=', email);
  return (await row.executeTakeFirstOrThrow()).password;
}

/** Requests to a path by kind of address, each from a network of its own. */
function kindsOf(path: string, more: object): Kinds {
  const words = { 'has a password': 'guest', 'has none': 'mailed', 'has no account': 'stranger' };
  return Object.fromEntries(
    Object.entries(words).map(([name, word]) => [
      name,
      (n) => {
        asked += 1;
        const from = `10.${(asked >> 16) & 255}.${(asked >> 8) & 255}.${asked & 255}`;
        return {
          ...{ method: 'POST', url: `/account/api/v1${path}` },
          headers: { host: HOST, origin: `http://${HOST}`, 'x-forwarded-for': from },
          payload: { email: `${word}${n}@example.org`, ...more },
        };
      },
    ]),
  );
}

for (const [what, path, status, more] of [
  ['registration', '/register', 202, { language: 'nl', password: PASSWORD }],
  ['a new password', '/forgot', 202, { language: 'nl' }],
  ['a login with a wrong password', '/login', 401, { password: 'gulls over the pier' }],
] as const) {
  test(`${what} tells nobody, by answer or time, which addresses have an account`, async () => {
    const ask = () => {
      // Each address gets a few mails in a while, whoever has it.
      house.clock.move(LINKS_WITHIN_MS);
      return askInterleaved(house.server, kindsOf(path, more), EACH);
    };
    const first = await ask();
    const faces = Object.values(first.faces).flat();
    assert.is(new Set(faces).size, 1, faces.join('\n'));
    assert.match(faces[0] as string, new RegExp(`^${status} `));
    assert.equal(await toldApart(ask, first), []);
  });
}

test.run();
