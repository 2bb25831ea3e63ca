import { readFile } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { need, newOrder, type Shop, startShop } from '../../test/shop.ts';
import { effectOf } from './deliver.ts';

const NUMBER = '+31612345678';
const WAS = ['secure', 'e-ticket', 'hard-copy'] as const;
const WAYS = ['download', 'mail', 'hard-copy', 'bulk', 'as-regular'] as const;
type Was = (typeof WAS)[number];
type Way = (typeof WAYS)[number];
type Effect = 'same' | 'new' | 'refused';

/**
 * Rule B2: the table of docs/sale.md, read from there. Here it is held to the API; what a gateway
 * makes of each cell, for every use of a ticket and every number of its guest, is proved in demo/.
 */
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
test.before(async () => {
  shop = await startShop();
});
test.after(() => shop.stop());

/** A ticket of the website, of a guest whose number was verified if that matters. */
async function sell(was: Was): Promise<{ show: string; id: string }> {
  const secure = was === 'secure';
  const show = await shop.sell({ secure, capacity: 500, cents: 0, sale: { guestMax: null } });
  const account = `guest-${show.id}`;
  shop.accounts.set(account, secure ? NUMBER : null);
  const delivery = was === 'hard-copy' ? 'hard-copy' : 'e-ticket';
  const { order } = await shop.order(show, 1, { account, body: { ...newOrder(), delivery } });
  return { show: show.id, id: order.items[0].ticket };
}

const row = (id: string) =>
  shop.house.store.db
    .selectFrom('tickets')
    .select(['kind', 'issue', 'handle', 'digest'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();

for (const was of WAS) {
  for (const way of WAYS) {
    const effect = TABLE[was][way];
    test(`B2, B3, B4: ${was}, delivered as ${way} over the API: ${effect}`, async () => {
      const { show, id } = await sell(was);
      const before = await row(id);
      assert.is(before.kind, was === 'secure' ? 'secure' : 'regular', 'B1');
      const kind = was === 'secure' && effect === 'same' ? 'secure' : 'regular';
      if (way === 'bulk') await deliverAll(show);
      else {
        const body = { way, reason: 'asked for' };
        const answer = await shop.staff('POST', `/tickets/${id}/deliver`, body);
        if (effect === 'refused') {
          assert.equal([answer.status, answer.body.code], [409, 'delivery-not-secure']);
        } else {
          const said = need(answer, 200);
          assert.equal([said.newCode, said.kind], [effect === 'new', kind]);
        }
      }
      const now = await row(id);
      assert.is(now.kind, kind);
      assert.is(now.digest === before.digest && now.handle === before.handle, effect !== 'new');
    });
  }
}

async function deliverAll(show: string): Promise<void> {
  const path = `/performances/${show}/deliveries`;
  let job = need(await shop.staff('POST', path, { reason: 'asked for' }), 202);
  while (job.state === 'running') {
    await new Promise((done) => setTimeout(done, 10));
    job = need(await shop.staff('GET', `/delivery-jobs/${job.id}`), 200);
  }
  assert.equal([job.state, job.delivered, job.skipped], ['done', 1, 0]);
}

test.run();
