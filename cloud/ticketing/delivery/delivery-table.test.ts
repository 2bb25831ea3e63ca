import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bindPhone, ending, question } from '../../test/phone.ts';
import { need, newOrder, type Shop, startShop } from '../../test/shop.ts';
import { ticketPages } from '../sync-store.ts';
import { effectOf } from './deliver.ts';

const NUMBER = '+31612345678';
const WAS = ['secure', 'e-ticket', 'hard-copy'] as const;
const SOLD = ['website', 'box office'] as const;
const WAYS = ['download', 'mail', 'hard-copy', 'bulk', 'as-regular'] as const;
/** The number of the guest's account when the ticket is delivered again. */
const NUMBERS = { same: NUMBER, changed: '+31698765432', unverified: null } as const;
const USES = ['unused', 'granted', 'used'] as const;
/** A used ticket, told apart by how long ago and whether by the same picture. */
const SPENT: readonly string[] = ['already-used', 'just-admitted', 'code-used'];
type Was = (typeof WAS)[number];
type Way = (typeof WAYS)[number];
type Effect = 'same' | 'new' | 'refused';

/** Rule B2: the table of docs/sale.md, read from there. */
const TABLE = await tableOf('../../../docs/sale.md');

async function tableOf(file: string): Promise<Record<Was, Record<Way | 'door', Effect>>> {
  const page = await readFile(new URL(file, import.meta.url), 'utf8');
  const names = {
    secure: 'secure',
    'regular, e-ticket': 'e-ticket',
    'regular, on paper': 'hard-copy',
  };
  const columns = { 'hard copy': 'hard-copy', 'at the door': 'door', 'as regular': 'as-regular' };
  const lines = page.split('\n');
  const from = lines.findIndex((line) => line.startsWith('| it was |'));
  const cells = (line = '') =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const [, ...ways] = cells(lines[from]).map((name) => columns[name as 'hard copy'] ?? name);
  const rows = lines.slice(from + 2, from + 5).map((line) => {
    const [was, ...effects] = cells(line);
    const told = effects.map((effect) => effect.split(', ').at(-1));
    return [names[was as 'secure'], Object.fromEntries(ways.map((way, n) => [way, told[n]]))];
  });
  return Object.fromEntries(rows);
}

test('B2: docs/sale.md says of every delivery what the code makes of it', () => {
  assert.equal(Object.keys(TABLE), [...WAS]);
  for (const was of WAS) {
    assert.equal(Object.keys(TABLE[was]).sort(), [...WAYS, 'door'].sort());
    for (const way of [...WAYS, 'door'] as const) {
      const kind = was === 'secure' ? 'secure' : 'regular';
      let effect: Effect = 'refused';
      try {
        const { newCode } = effectOf({ kind, delivered: was, issue: 1 }, { way });
        effect = newCode ? 'new' : 'same';
      } catch (fault) {
        assert.is((fault as { code: string }).code, 'delivery-not-secure');
      }
      assert.is(TABLE[was][way], effect, `${was} delivered as ${way}`);
    }
  }
});

let shop: Shop;
let made = 0;
test.before(async () => {
  shop = await startShop();
});
test.after(() => shop.stop());

interface Held {
  readonly id: string;
  /** What the guest holds up now. */
  show(): Promise<string>;
  readonly digest: string | null;
  readonly handle: string | null;
}

type Show = { id: string; type: string };

async function perform(was: Was, sold: (typeof SOLD)[number]): Promise<Show> {
  const secure = was === 'secure' || sold === 'box office';
  const sale = { guestMax: null };
  const show = await shop.sell({ secure, capacity: 500, cents: 0, startsIn: 600_000, sale });
  if (secure) await shop.house.ticketing.changePerformance(show.id, { offline: 'verify' });
  return show;
}

const row = (id: string) =>
  shop.house.store.db
    .selectFrom('tickets')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
const verdictOf = async (code: string) => {
  const { clock, validator } = shop.house;
  const asked = question(clock, code);
  const { verdict } = await validator.validate('gate-1', asked);
  return { key: verdict.key, scanId: asked.scanId };
};

/** A ticket sold as the row says, for a guest whose number was verified if that matters. */
async function sell(show: Show, was: Was, sold: (typeof SOLD)[number]): Promise<Held> {
  const account = `guest-${made++}`;
  const delivery = was === 'hard-copy' ? 'hard-copy' : 'e-ticket';
  shop.accounts.set(account, was === 'secure' ? NUMBER : null);
  const order =
    sold === 'website'
      ? (await shop.order(show, 1, { account, body: { ...newOrder(), delivery } })).order
      : need(
          await shop.staff('POST', '/orders', {
            ...{ key: `table-${made}-booking`, name: 'Vera Smit', paid: true, account, delivery },
            places: { performance: show.id, tickets: [{ type: show.type, count: 1 }] },
            reason: was === 'secure' ? '' : 'walk-in',
          }),
          201,
        );
  const id = order.items[0].ticket as string;
  const { digest, handle, kind, issue } = await row(id);
  assert.is(kind, was === 'secure' ? 'secure' : 'regular', 'B1');
  const { ticketing, clock } = shop.house;
  if (kind === 'regular') {
    return { id, digest, handle, show: async () => shop.key.ticketCode(id, issue as number) };
  }
  const phone = await bindPhone(ticketing, clock, id);
  return { id, digest, handle, show: () => phone.code() };
}

async function use(held: Held, used: (typeof USES)[number]): Promise<void> {
  if (used === 'unused') return;
  const { key, scanId } = await verdictOf(await held.show());
  assert.is(key, 'ok');
  if (used === 'granted') return;
  const { performance } = await row(held.id);
  const passed = ending(shop.house.clock, scanId, 'passed', { ticket: held.id, performance });
  await shop.house.validator.settle('gate-1', passed);
}

/** What a gateway that was away learns from its cursor on: status by digest and by handle. */
function learnt(cursor: number): Map<string, string> {
  const page = ticketPages(shop.house.store)({ requestId: randomUUID(), cursor, limit: 5_000 });
  assert.is(page.more, false);
  const heard = new Map<string, string>();
  for (const { digest, status } of page.tickets) heard.set(digest, status);
  for (const { handle, status } of page.secure ?? []) heard.set(handle, status);
  return heard;
}

function cursorNow(): number {
  const page = ticketPages(shop.house.store)({ requestId: randomUUID(), cursor: null, limit: 1 });
  let { cursor, more } = page;
  while (more) {
    const next = ticketPages(shop.house.store)({ requestId: randomUUID(), cursor, limit: 5_000 });
    ({ cursor, more } = next);
  }
  return cursor;
}

/** What must hold of a ticket after its delivery, at gateways online and at one that was away. */
async function check(
  held: Held,
  was: Was,
  used: string,
  effect: Effect,
  heard: Map<string, string>,
) {
  const old = held.handle ?? held.digest ?? '';
  const now = await row(held.id);
  const key = (await verdictOf(await held.show())).key;
  assert.is(now.used, used === 'used' ? 1 : 0, 'never the uses');
  if (effect !== 'new') {
    assert.is(now.kind, was === 'secure' ? 'secure' : 'regular');
    assert.equal([now.digest, now.handle], [held.digest, held.handle], 'the same code');
    assert.not.equal(heard.get(old), 'cancelled');
    if (used === 'unused') assert.is(key, 'ok');
    if (used === 'used') assert.ok(SPENT.includes(key), key);
    return;
  }
  assert.equal([now.kind, now.handle, now.phone], ['regular', null, null]);
  assert.is.not(now.digest, held.digest);
  assert.is(key, 'cancelled', 'the old code online');
  assert.is(heard.get(old), 'cancelled', 'the old code at a gateway back from offline');
  assert.is(heard.get(now.digest as string), 'valid', 'and the new one');
  const code = shop.key.ticketCode(held.id, now.issue as number);
  const fresh = (await verdictOf(code)).key;
  if (used === 'unused') assert.is(fresh, 'ok');
  else if (used === 'used') assert.ok(SPENT.includes(fresh), fresh);
  else assert.is.not(fresh, 'ok', 'its grant is open: nobody else gets in on the new code');
}

for (const was of WAS) {
  for (const sold of SOLD) {
    for (const way of WAYS.filter((one) => one !== 'bulk')) {
      test(`B2, B4: ${was} of the ${sold}, delivered as ${way}: ${TABLE[was][way]}`, async () => {
        const show = await perform(was, sold);
        for (const phone of Object.values(NUMBERS)) {
          for (const used of USES) {
            const held = await sell(show, was, sold);
            await use(held, used);
            shop.accounts.set(`guest-${made - 1}`, phone);
            const cursor = cursorNow();
            const body = { way, reason: 'asked for' };
            const answer = await shop.staff('POST', `/tickets/${held.id}/deliver`, body);
            const effect = TABLE[was][way];
            if (effect === 'refused') {
              assert.equal([answer.status, answer.body.code], [409, 'delivery-not-secure']);
            } else {
              const { newCode, kind } = need(answer, 200);
              assert.is(newCode, effect === 'new');
              assert.is(kind, was === 'secure' && effect === 'same' ? 'secure' : 'regular');
            }
            await check(held, was, used, effect, learnt(cursor));
          }
        }
      });
    }
    test(`B3, B4: ${was} of the ${sold} in bulk: ${TABLE[was].bulk}, used ones left`, async () => {
      const show = await perform(was, sold);
      const all: { held: Held; used: (typeof USES)[number] }[] = [];
      for (const phone of Object.values(NUMBERS)) {
        for (const used of USES) {
          const held = await sell(show, was, sold);
          await use(held, used);
          shop.accounts.set(`guest-${made - 1}`, phone);
          all.push({ held, used });
        }
      }
      const cursor = cursorNow();
      const path = `/performances/${show.id}/deliveries`;
      let job = need(await shop.staff('POST', path, { reason: 'asked for' }), 202);
      while (job.state === 'running') {
        await new Promise((done) => setTimeout(done, 10));
        job = need(await shop.staff('GET', `/delivery-jobs/${job.id}`), 200);
      }
      assert.equal([job.state, job.delivered, job.skipped], ['done', 6, 3]);
      const heard = learnt(cursor);
      for (const { held, used } of all) {
        await check(held, was, used, used === 'used' ? 'same' : TABLE[was].bulk, heard);
      }
    });
  }
}

test.run();
