import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { question } from '../../test/phone.ts';
import { need, type Shop, startShop } from '../../test/shop.ts';
import { effectOf, type Way } from './deliver.ts';

let shop: Shop;
test.before(async () => {
  shop = await startShop();
});
test.after(() => shop.stop());

const PHONE = '+31612345678';
const row = (id: string) =>
  shop.house.store.db
    .selectFrom('tickets')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
const deliver = (id: string, body: object) => shop.staff('POST', `/tickets/${id}/deliver`, body);

/** A paid ticket of a performance that is open now. */
async function ticket(secure: boolean, count = 1): Promise<string[]> {
  const show = await shop.sell({ secure, startsIn: 600_000 });
  shop.accounts.set('ann', PHONE);
  const { order, token } = await shop.order(show, count, { account: 'ann' });
  const own = { order: token, account: 'ann' };
  const { payment } = need(await shop.shop('POST', `/orders/${order.id}/payments`, own), 201);
  need(await shop.shop('POST', `/test-payments/${payment}`, { body: { outcome: 'paid' } }), 200);
  const { items } = need(await shop.shop('GET', `/orders/${order.id}`, own), 200);
  shop.accounts.delete('ann');
  return items.map(({ ticket: id }: { ticket: string }) => id);
}

async function verdictOf(code: string): Promise<string> {
  const { clock, validator } = shop.house;
  const answer = await validator.validate('gate', question(clock, code));
  return answer.verdict.key;
}

async function codeOf(id: string): Promise<string> {
  return shop.key.ticketCode(id, (await row(id)).issue as number);
}

test('the language of an order stands on its tickets, so that lanes can speak it', async () => {
  for (const secure of [true, false]) {
    const [id] = await ticket(secure);
    const { label } = await row(id as string);
    assert.is(JSON.parse(label).language, 'nl');
  }
});

const WAYS: readonly Way[] = ['download', 'mail', 'bulk', 'hard-copy', 'door', 'as-regular'];
const SAME = { secure: 'secure same', regular: 'regular same' };
const NEW = 'regular new';
/** Rule B2 as docs/sale.md has it: by what it was, what each way makes of it. */
const TABLE: Readonly<Record<string, readonly string[]>> = {
  secure: [SAME.secure, SAME.secure, SAME.secure, NEW, NEW, NEW],
  'e-ticket': [SAME.regular, SAME.regular, SAME.regular, NEW, NEW, 'delivery-not-secure'],
  'hard-copy': [NEW, NEW, NEW, NEW, NEW, 'delivery-not-secure'],
};

for (const [was, effects] of Object.entries(TABLE)) {
  for (const [n, way] of WAYS.entries()) {
    test(`B2: ${was} delivered as ${way}: ${effects[n]}`, () => {
      const kind = was === 'secure' ? ('secure' as const) : ('regular' as const);
      const delivered = was === 'hard-copy' ? 'hard-copy' : 'e-ticket';
      let made: string;
      try {
        const effect = effectOf({ kind, delivered, issue: 1 }, { way });
        made = `${effect.kind} ${effect.newCode ? 'new' : 'same'}`;
      } catch (fault) {
        made = (fault as { code: string }).code;
      }
      assert.is(made, effects[n]);
    });
  }
}

test('B2: regular to regular has a new code only when it is asked for', async () => {
  const [id] = (await ticket(false)) as [string];
  const old = await codeOf(id);
  assert.is(need(await deliver(id, { way: 'mail' }), 200).newCode, false);
  assert.is(await codeOf(id), old);
  assert.is(need(await deliver(id, { way: 'mail', replaceCode: true }), 200).newCode, true);
  assert.is.not(await codeOf(id), old);
});

test('B4: a new code kills the old one, and gateways hear of both', async () => {
  const [id] = (await ticket(false)) as [string];
  const old = await codeOf(id);
  const { code } = need(await deliver(id, { way: 'hard-copy', reason: 'no printer' }), 200);
  assert.is(code, await codeOf(id));
  const { ticketing, store } = shop.house;
  const { ticketPages } = await import('../sync-store.ts');
  const page = ticketPages(store)({ requestId: 'r', cursor: null, limit: 5_000 });
  const status = (text: string) =>
    page.tickets.find(({ digest }) => digest === ticketing.digest(text))?.status;
  assert.equal([status(old), status(code)], ['cancelled', 'valid']);
  assert.is(await verdictOf(old), 'cancelled');
  assert.is(await verdictOf(code), 'ok');
});

test('B4: a used ticket delivered again stays used', async () => {
  const [id] = (await ticket(false)) as [string];
  await shop.house.store.db.updateTable('tickets').set({ used: 1 }).where('id', '=', id).execute();
  const { code, used } = need(await deliver(id, { way: 'hard-copy' }), 200);
  assert.is(used, true);
  assert.is(await verdictOf(code), 'already-used');
});

test('S2, B2: a secure ticket on paper is regular, off the phone, with who and why', async () => {
  const [id] = (await ticket(true)) as [string];
  const before = await row(id);
  assert.is((await deliver(id, { way: 'hard-copy' })).body.code, 'order-reason-missing');
  const { code } = need(await deliver(id, { way: 'hard-copy', reason: 'phone lost' }), 200);
  const after = await row(id);
  assert.equal([after.kind, after.handle, after.phone], ['regular', null, null]);
  assert.is(await verdictOf(code), 'ok');
  const grave = await shop.house.store.db
    .selectFrom('tickets')
    .selectAll()
    .where('handle', '=', before.handle)
    .executeTakeFirstOrThrow();
  assert.equal([grave.status, grave.replaced_by], ['cancelled', id], 'its handle is dead');
  assert.is(grave.phone, PHONE, 'whose open page hears of it');
  const { deliveries } = need(await shop.staff('GET', `/tickets/${id}/deliveries`), 200);
  const last = deliveries.at(-1);
  assert.equal([last.reason, last.made_regular, last.by_whom], ['phone lost', 1, 'token:desk']);
  const share = need(await shop.staff('GET', `/performances/${after.performance}/share`), 200);
  assert.equal(share, { tickets: 1, regular: 1 });
});

test('B11: door rescue finds the order by name and makes its ticket regular at this lane', async () => {
  const [id] = (await ticket(true)) as [string];
  const { performance } = await row(id);
  const query = `search=de%20Boer&performance=${performance}`;
  const { orders } = need(await shop.staff('GET', `/orders?${query}`), 200);
  assert.equal(
    orders.map(({ secure, phone }: never) => [secure, phone]),
    [[true, '+31 … 78']],
    'S10',
  );
  const body = { lane: 'left', reason: 'phone broken, passport seen' };
  const { code, kind } = need(await shop.staff('POST', `/tickets/${id}/rescue`, body), 200);
  assert.is(kind, 'regular');
  assert.is(await verdictOf(code), 'ok');
  const { deliveries } = need(await shop.staff('GET', `/tickets/${id}/deliveries`), 200);
  assert.equal([deliveries.at(-1).lane, deliveries.at(-1).how], ['left', 'door']);
});

test('B1: staff book secure tickets for a verified guest, regular ones for anybody else', async () => {
  const show = await shop.sell({ secure: true });
  shop.accounts.set('vera', '+31698765432');
  shop.accounts.set('otto', null);
  const book = (more: object) =>
    shop.staff('POST', '/orders', {
      ...{ key: `booking-${Math.round(performance.now() * 1000)}`, name: 'Vera Smit', paid: true },
      places: { performance: show.id, tickets: [{ type: show.type, count: 1 }] },
      ...more,
    });
  const verified = need(await book({ account: 'vera' }), 201);
  assert.is(verified.secure, true);
  assert.is((await row(verified.items[0].ticket)).phone, '+31698765432');
  assert.is((await book({ account: 'otto' })).body.code, 'order-reason-missing');
  const walkIn = need(await book({ account: 'otto', reason: 'walk-in' }), 201);
  assert.equal([walkIn.secure, (await row(walkIn.items[0].ticket)).kind], [false, 'regular']);
  shop.accounts.set('otto', '+31611112222');
  assert.is((await row(walkIn.items[0].ticket)).kind, 'regular', 'stays so once verified');
  const share = need(await shop.staff('GET', `/performances/${show.id}/share`), 200);
  assert.equal(share, { tickets: 2, regular: 1 });
  const again = await book({ account: 'vera', asRegular: true, reason: 'no smartphone' });
  assert.is(need(again, 201).secure, false, 'S2');
});

test('B3: bulk delivery keeps kinds, skips what is dead or used and lists it', async () => {
  const secure = await ticket(true, 3);
  const { performance } = await row(secure[0] as string);
  await shop.house.ticketing.changeTicket(secure[1] as string, { status: 'cancelled' });
  await shop.house.store.db
    .updateTable('tickets')
    .set({ used: 1 })
    .where('id', '=', secure[2] as string)
    .execute();
  const body = { reason: 'the hall has moved' };
  const begun = need(
    await shop.staff('POST', `/performances/${performance}/deliveries`, body),
    202,
  );
  let job = begun;
  for (let n = 0; n < 200 && job.state === 'running'; n++) {
    await new Promise((done) => setTimeout(done, 20));
    job = need(await shop.staff('GET', `/delivery-jobs/${begun.id}`), 200);
  }
  assert.equal([job.state, job.total, job.delivered, job.skipped], ['done', 3, 1, 2]);
  const why = Object.fromEntries(job.list.map(({ ticket: id, outcome }: never) => [id, outcome]));
  assert.equal(why, { [secure[1] as string]: 'cancelled', [secure[2] as string]: 'used' });
  assert.is((await row(secure[0] as string)).kind, 'secure');
  assert.is(shop.mails.filter(({ key }) => key.endsWith(`:tickets:${begun.id}`)).length, 1);
});

test('B1: an option is confirmed when it is paid at the desk; money still under way goes back', async () => {
  const show = await shop.sell({ secure: true, lines: 1, seats: 3 });
  shop.accounts.set('wil', '+31698765433');
  const option = need(
    await shop.staff('POST', '/orders', {
      ...{ key: 'option-of-wil', name: 'Wil Bos', account: 'wil', paid: false },
      places: { performance: show.id, tickets: [{ type: show.type, count: 1 }] },
    }),
    201,
  );
  assert.is(option.state, 'option');
  const own = { account: 'wil' };
  const begun = await shop.shop('POST', `/orders/${option.id}/payments`, own);
  const { payment } = need(begun, 201);
  const paid = need(await shop.staff('POST', `/orders/${option.id}/paid`), 200);
  assert.equal([paid.state, paid.events.at(-1).what], ['confirmed', 'confirmed']);
  assert.match(paid.events.at(-1).by, 'token:');
  assert.is((await row(paid.items[0].ticket)).phone, '+31698765433', 'S2');
  need(await shop.shop('POST', `/test-payments/${payment}`, { body: { outcome: 'paid' } }), 200);
  assert.is(shop.sale.payments.store.refundsOf(option.id).length, 1);
  const twice = await shop.staff('POST', `/orders/${option.id}/paid`);
  assert.equal([twice.status, twice.body.code], [409, 'order-state']);
  const { order } = await shop.order(show, 1, own);
  shop.house.clock.move(16 * 60_000);
  const late = await shop.staff('POST', `/orders/${order.id}/paid`);
  assert.equal([late.body.code, late.body.details.state], ['order-state', 'expired']);
});

test.run();
