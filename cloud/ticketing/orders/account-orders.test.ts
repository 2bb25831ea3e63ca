import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { need, type Shop, startShop } from '../../test/shop.ts';

const OLD = '+31612345678';
const NEW = '+31698765412';
let shop: Shop;
test.before.each(async () => {
  shop = await startShop();
});
test.after.each(() => shop.stop());

const account = (id: string) => ({
  ...{ id, email: 'anna@example.org', name: 'Anna', language: 'en' as const },
  ...{ hasPassword: true, phone: OLD, phoneVerified: 1, created: 1 },
});

/** A paid order of secure tickets on the old number. */
async function bought(count: number, startsIn = 86_400_000) {
  const show = await shop.sell({ secure: true, startsIn });
  shop.accounts.set('anna', OLD);
  const { order, token } = await shop.order(show, count, { account: 'anna' });
  const own = { order: token, account: 'anna' };
  const { payment } = need(await shop.shop('POST', `/orders/${order.id}/payments`, own), 201);
  need(await shop.shop('POST', `/test-payments/${payment}`, { body: { outcome: 'paid' } }), 200);
  shop.mails.length = 0;
  return order.id as string;
}

const rowOf = (id: string) =>
  shop.house.store.db
    .selectFrom('orders')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
const phonesOf = async (order: string) => {
  const rows = await shop.house.store.db
    .selectFrom('tickets')
    .innerJoin('order_items', 'order_items.ticket', 'tickets.id')
    .select('tickets.phone')
    .where('order_id', '=', order)
    .execute();
  return rows.map(({ phone }) => phone);
};
const changeTo = (to: string | null) =>
  shop.house.store.db.transaction().execute((step) => {
    const at = shop.house.clock.now();
    const change = { account: account('anna'), from: OLD, to, at };
    return shop.sale.selling.ofAccounts.phoneChanged(step, change);
  });

test('S2, G2: a changed number is mailed with which number keeps which performances', async () => {
  const order = await bought(2);
  await changeTo(NEW);
  const [mail] = shop.mails;
  assert.equal(
    [shop.mails.length, mail?.to, mail?.template],
    [1, 'anna@example.org', 'phone-changed'],
  );
  // biome-ignore lint/suspicious/noExplicitAny: the data of whichever template it is
  const data = mail?.data as any;
  assert.is(data.heeftSecureTickets, true);
  assert.equal([data.wijziging.oud, data.wijziging.nieuw], ['+31 … 78', '+31 … 12']);
  assert.equal(
    data.blijvend.map(({ nummer, aantal }: never) => [nummer, aantal]),
    [['+31 … 78', 2]],
  );
  assert.not.match(JSON.stringify(mail), /12345678|98765412/);
  assert.equal(await phonesOf(order), [OLD, OLD], 'S2: they stay');
});

test('S2: what is refunded, over, or on the new number itself stays nowhere', async () => {
  const order = await bought(1);
  need(await shop.staff('POST', `/orders/${order}/refund`, { reason: 'ill' }), 200);
  shop.mails.length = 0;
  await changeTo(NEW);
  const soon = await bought(1, 3_600_000);
  await changeTo(OLD);
  shop.house.clock.move(7_200_000);
  await changeTo(null);
  assert.equal(
    shop.mails.map(({ data }) => (data as { blijvend: unknown[] }).blijvend.length),
    [0, 0],
  );
  assert.is((await rowOf(soon)).state, 'confirmed');
});

test('an account that is removed leaves the books and no personal data', async () => {
  const order = await bought(2, 3_600_000);
  const before = await rowOf(order);
  const { store, clock } = shop.house;
  const { ofAccounts } = shop.sale.selling;
  await store.db.transaction().execute((step) => ofAccounts.forget(step, 'anna'));
  const after = await rowOf(order);
  const { name, email, contact_phone, note, account: owner } = after;
  assert.equal([name, email, contact_phone, note, owner], ['', '', '', '', null]);
  assert.equal(
    [after.number, after.total, after.state],
    [before.number, before.total, 'confirmed'],
    'the books',
  );
  await store.batch(() => ofAccounts.sweep());
  assert.equal(await phonesOf(order), [OLD, OLD], 'S2: until the performance is over');
  clock.move(7_200_000);
  await store.batch(() => ofAccounts.sweep());
  assert.equal([(await rowOf(order)).phone, ...(await phonesOf(order))], [null, null, null]);
});

test.run();
