import { join } from 'node:path';
import type { DeltaBody, TicketRow } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fakeLink } from '../test/fake-link.ts';
import { codeOf, fill, temporaryFolder, VENUE_KEY } from '../test/samples.ts';
import { membersOf, signedDelta, TENANT_KEY } from '../test/venue-rig.ts';
import { TicketStore } from '../tickets/index.ts';
import { createNews } from './news.ts';
import { ALONE } from './peer-link.ts';

function rig(isOnline = false) {
  const link = fakeLink();
  const store = new TicketStore(join(temporaryFolder(), 'tickets.db'), VENUE_KEY);
  fill(store, 5);
  const warned: string[] = [];
  const sent: { to: string; type: string }[] = [];
  const news = createNews({
    ...{ tenant: 'tenant', venue: 'venue', tenantKey: TENANT_KEY, store, link },
    peers: { ...ALONE, send: (to, { type }) => sent.push({ to, type }) > 0 },
    log: { info() {}, error() {}, warn: (_: object, text: string) => void warned.push(text) },
    isOnline: () => isOnline,
    onChange() {},
  });
  news.start();
  const start = store.state().cursor as number;
  const found = store.find(codeOf(1));
  const row = (status: TicketRow['status']) => ({ ...(found?.row as TicketRow), status });
  const tell = (changes: Partial<DeltaBody>) => news.told('north', signedDelta(changes));
  const status = () => store.find(codeOf(1))?.row.status;
  return { news, store, start, row, tell, status, warned, sent };
}

test('a delta that follows what is known moves the store to its change', () => {
  const { store, start, tell, row, status } = rig();
  tell({ from: start, cursor: start + 1, tickets: [row('blocked')] });
  assert.equal([status(), store.state().cursor], ['blocked', start + 1]);
  store.close();
});

test('a delta after a hole changes its tickets, and the store still asks for what is missing', () => {
  const { store, start, tell, row, status } = rig();
  tell({ from: start + 3, cursor: start + 4, tickets: [row('blocked')] });
  assert.equal([status(), store.state().cursor], ['blocked', start]);
  store.close();
});

test('a delta that comes late does not undo a later one', () => {
  const { store, start, tell, row, status } = rig();
  tell({ from: start + 1, cursor: start + 2, tickets: [row('valid')] });
  tell({ from: start, cursor: start + 1, tickets: [row('blocked')] });
  assert.equal([status(), store.state().cursor], ['valid', start + 2]);
  store.close();
});

test('a delta heard twice, or one that is long known, changes nothing', () => {
  const { store, start, tell, row, status } = rig();
  tell({ from: start, cursor: start + 1, tickets: [row('blocked')] });
  tell({ from: start + 1, cursor: start + 2, tickets: [row('valid')] });
  tell({ from: start, cursor: start + 1, tickets: [row('blocked')] });
  tell({ from: 0, cursor: start, tickets: [row('cancelled')] });
  assert.equal([status(), store.state().cursor], ['valid', start + 2]);
  store.close();
});

test('members are those of the newest delta, also after a restart', () => {
  const { news, store, start, tell } = rig();
  tell({ from: start + 1, cursor: start + 2, members: membersOf(['north', 'south']) });
  tell({ from: start, cursor: start + 1, members: membersOf(['north', 'south', 'revoked']) });
  const names = () => news.members.map(({ gateway }) => gateway);
  assert.equal(names(), ['north', 'south']);
  assert.equal(store.kept('members')?.cursor, start + 2);
  store.close();
});

test('only a gateway that cannot hear the cloud asks another for its news', () => {
  const [away, online] = [rig(false), rig(true)];
  for (const { news, start } of [away, online]) {
    news.standsAt('north', start);
    news.standsAt('north', null);
    news.standsAt('north', start + 5);
  }
  assert.equal(away.sent, [{ to: 'north', type: 'want' }]);
  assert.equal(online.sent, []);
  for (const { store } of [away, online]) store.close();
});

test('deltas are given on in order, so many at once', () => {
  const { news, store, start, tell, sent } = rig();
  for (let n = 25; n > 0; n--) tell({ from: start + n - 1, cursor: start + n });
  news.wanted('south', start);
  assert.is(sent.filter(({ type }) => type === 'delta').length, 20);
  news.wanted('south', start + 20);
  assert.is(sent.filter(({ type }) => type === 'delta').length, 25);
  store.close();
});

test('nothing is taken in that the tenant has not signed for this venue', () => {
  const { news, store, start, row, status, warned } = rig();
  const good = signedDelta({ from: start, cursor: start + 1, tickets: [row('blocked')] });
  news.told('north', { ...good, body: good.body.replace('blocked', 'cancelled') });
  news.told('north', { ...good, signature: Buffer.alloc(64).toString('base64') });
  news.told('north', signedDelta({ venue: 'other', from: start, cursor: start + 1 }));
  news.told('north', signedDelta({ tenant: 'other', from: start, cursor: start + 1 }));
  assert.equal([status(), warned.length], ['valid', 4]);
  store.close();
});

test.run();
