import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfiguredDevice, PageAnswer, PageRequest } from '@gatehouse/provisioning';
import {
  makeAuthority,
  makePrivateKey,
  makeServerCertificate,
} from '@gatehouse/provisioning/authority';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../clock.ts';
import { webCertificate } from './certificate.ts';
import {
  createPublicName,
  NAME_LOOK_MS,
  NAME_SOON_MS,
  PAGE_FILE,
  readPage,
} from './public-name.ts';

const NAME = 'gw-1.gate.kade.example';
const folders: string[] = [];
test.after(() => {
  for (const dir of folders) rmSync(dir, { recursive: true });
});

type Asked = Pick<PageRequest, 'request' | 'addresses'>;

/** A gateway whose cloud answers what the test says; its timer is run by the test. */
function gateway() {
  const data = mkdtempSync(join(tmpdir(), 'gatehouse-name-'));
  folders.push(data);
  const state = {
    wall: Date.now(),
    asked: [] as Asked[],
    answer: (async () => ({ name: null, chain: null })) as (asked: Asked) => Promise<PageAnswer>,
    news: 0,
    waits: 0,
    warned: [] as string[],
  };
  let run: (() => void) | undefined;
  const open = () =>
    createPublicName({
      ...{ data, addresses: () => ['192.168.7.20'], device: () => ({}) as ConfiguredDevice },
      era: () => undefined,
      onNew: () => {
        state.news += 1;
      },
      clock: {
        ...systemClock,
        wall: () => state.wall,
        setTimeout(next, ms) {
          state.waits = ms;
          run = next;
          return undefined;
        },
      },
      log: {
        info() {},
        error() {},
        warn: (fields: object) => void state.warned.push(JSON.stringify(fields)),
      } as never,
      async ask(_device, asked) {
        state.asked.push(asked);
        return state.answer(asked);
      },
    });
  const over = async () => {
    for (let n = 0; run === undefined && n < 2_000; n += 1) {
      await new Promise((again) => setTimeout(again, 5));
    }
    assert.ok(run, 'it looks again afterwards');
  };
  return {
    ...{ data, state },
    async start() {
      const name = open();
      name.start();
      await over();
      return name;
    },
    async look() {
      const now = run;
      run = undefined;
      now?.();
      await over();
    },
    kept: () => readPage(data),
  };
}

/** A certificate of that key's, as an authority that trusts the request would give it. */
async function certificateFor(key: string, name = NAME, days = 0): Promise<string> {
  const issue = { serial: randomBytes(16), now: Date.now() - days * 86_400_000 };
  const authority = await makeAuthority({ name: 'Authority', ...issue });
  const { chain } = await makeServerCertificate({
    ...{ authority, hosts: [name], key, from: issue.now },
    ...issue,
  });
  return chain;
}

test('a cloud that gives no names is asked once an hour, and nothing is written', async () => {
  const { start, state, kept } = gateway();
  const name = await start();
  assert.equal([state.asked, state.waits], [[{ addresses: ['192.168.7.20'] }], NAME_LOOK_MS]);
  assert.equal(await kept(), { version: 1 });
  await name.stop();
});

test('the key is on disk before it is asked for, and a lost answer is asked for with the same', async () => {
  const { data, start, look, state, kept } = gateway();
  state.answer = async ({ request }) => {
    if (request) {
      assert.is((await kept()).wanted?.request, request);
      throw new Error('the line broke');
    }
    return { name: NAME, chain: null };
  };
  const name = await start();
  const { request } = state.asked[1] ?? {};
  assert.is(state.waits, NAME_LOOK_MS);
  assert.match(state.warned[0] ?? '', 'the line broke');
  assert.is(statSync(join(data, PAGE_FILE)).mode & 0o777, 0o600);
  state.answer = async () => ({ name: NAME, chain: null });
  await look();
  assert.is(state.asked[3]?.request, request);
  assert.is(state.waits, NAME_SOON_MS, 'it is on its way');
  const chain = await certificateFor((await kept()).wanted?.key ?? '');
  state.answer = async ({ request: asked }) => ({ name: NAME, chain: asked ? chain : null });
  await look();
  assert.is(state.news, 1);
  const { current, wanted } = await kept();
  assert.equal([current?.name, current?.chain, wanted], [NAME, chain, undefined]);
  const used = await webCertificate({ data, host: '0.0.0.0', now: Date.now() });
  assert.equal([used.name, used.chain], [NAME, chain]);
  await look();
  assert.is(state.asked.at(-1)?.request, undefined, 'there is nothing to ask for');
  await name.stop();
});

test('it renews at two thirds with another key; the one in use stays until that is there', async () => {
  const { data, start, look, state, kept } = gateway();
  const key = await makePrivateKey();
  const chain = await certificateFor(key);
  writeFileSync(
    join(data, PAGE_FILE),
    JSON.stringify({ version: 1, current: { name: NAME, key, chain } }),
  );
  state.answer = async () => ({ name: NAME, chain: null });
  const name = await start();
  assert.is(state.asked.length, 1);
  state.wall += 600 * 86_400_000;
  await look();
  const { current, wanted } = await kept();
  assert.is(current?.chain, chain);
  assert.is.not(wanted?.key, key);
  await name.stop();
});

test('a certificate of another key or name is not taken', async () => {
  const { start, look, state, kept } = gateway();
  const strange = await certificateFor(await makePrivateKey());
  state.answer = async ({ request }) => ({ name: NAME, chain: request ? strange : null });
  const name = await start();
  assert.match(state.warned[0] ?? '', 'another’s');
  const other = await certificateFor((await kept()).wanted?.key ?? '', 'gw-2.gate.kade.example');
  state.answer = async ({ request }) => ({ name: NAME, chain: request ? other : null });
  await look();
  assert.is(state.warned.length, 2);
  assert.is((await kept()).current, undefined);
  await name.stop();
});

test('a damaged file is as none: the gateway’s own certificate serves, and a name is asked for anew', async () => {
  const { data, start, state, kept } = gateway();
  const torn = { name: NAME, key: 'torn', chain: 'torn' };
  for (const text of ['{"version":1,"curr', JSON.stringify({ version: 1, current: torn })]) {
    writeFileSync(join(data, PAGE_FILE), text);
    const own = await webCertificate({ data, host: '0.0.0.0', now: Date.now() });
    assert.is(own.name, undefined);
  }
  state.answer = async () => ({ name: NAME, chain: null });
  const name = await start();
  assert.is((await kept()).wanted?.name, NAME);
  assert.match(readFileSync(join(data, PAGE_FILE), 'utf8'), 'PRIVATE KEY');
  await name.stop();
});

test.run();
