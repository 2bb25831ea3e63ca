import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { enrol, perform } from '../test/api.ts';
import type { GatewayClient } from '../test/gateway-client.ts';
import { journalWriter } from '../test/journal.ts';
import { admission, type Offline } from '../test/offline.ts';
import { startCloud, type WholeCloud } from '../test/whole-cloud.ts';

let whole: WholeCloud;
let gate: GatewayClient;
let gateway: string;
let performance: string;
let minutes = 0;

test.before(async () => {
  whole = await startCloud();
  const enrolled = await enrol(whole.api, `${whole.dir}/gate`);
  gateway = enrolled.gateway;
  gate = await enrolled.connect(whole.cloud.ports().mqtt);
  performance = await perform(whole.api);
});
test.after(async () => {
  await gate.end();
  await whole.stop();
});

/** Two guests on one ticket; gives the conflict's id. */
async function conflict(label: object = {}, given: Partial<Offline> = {}): Promise<number> {
  const tickets = `/performances/${performance}/tickets`;
  const { body: ticket } = await whole.api.call('POST', tickets, label);
  for (let n = 0; n < 2; n++) {
    minutes += 1;
    const at = Date.now() - 3_600_000 + minutes * 60_000;
    const { epoch, rows } = admission({ id: ticket.id, performance }, { at, ...given });
    gate.send('journal', { epoch, rows });
    await gate.next('journal', (said) => said.epoch === epoch);
  }
  const { body } = await whole.api.call('GET', '/conflicts?limit=1');
  return body.conflicts[0].id;
}

test('a conflict is listed, shown by its id, and handled with a note by a named token', async () => {
  const id = await conflict();
  const shown = await whole.api.call('GET', `/conflicts/${id}`);
  assert.is(shown.status, 200);
  assert.is(shown.body.state, 'open');
  assert.is(shown.body.kind, 'knew');
  assert.is(shown.body.passages.length, 2);
  assert.is(shown.body.passages[0].gateway, gateway);
  const made = await whole.api.call('POST', '/tokens', { name: 'Ada', role: 'administrator' });
  const as = { authorization: `Bearer ${made.body.token}` };
  const note = 'Spoke to both guests; the second one bought a ticket.';
  const handled = await whole.api.call('POST', `/conflicts/${id}/handle`, { note }, as);
  assert.is(handled.status, 200);
  assert.is(handled.body.state, 'handled');
  const { by, at, note: kept } = handled.body.handled;
  assert.equal([by, kept], ['Ada', note]);
  assert.ok(Math.abs(at - Date.now()) < 60_000);
  const again = await whole.api.call('POST', `/conflicts/${id}/handle`, { note: 'other' });
  assert.equal([again.status, again.body.code], [409, 'conflict-handled']);
  assert.is((await whole.api.call('GET', `/conflicts/${id}`)).body.handled.note, note);
});

test('the list is filtered by performance and state, and paged', async () => {
  const ids = [await conflict(), await conflict(), await conflict()];
  await whole.api.call('POST', `/conflicts/${ids[1]}/handle`, { note: 'done' });
  const list = async (query: string) => {
    const { body } = await whole.api.call('GET', `/conflicts?${query}`);
    return body.conflicts.map(({ id }: { id: number }) => id);
  };
  assert.equal(await list('state=open&limit=2'), [ids[2], ids[0]]);
  assert.ok((await list('state=handled')).includes(ids[1]));
  assert.equal(await list('performance=nobody'), []);
  assert.equal(await list(`performance=${performance}&limit=2`), [ids[2], ids[1]]);
  assert.is((await list(`before=${ids[1]}&limit=1`))[0], ids[0]);
  const { body } = await whole.api.call('GET', '/conflicts?limit=1');
  assert.is(body.open, 2);
});

test('unknown conflicts, empty notes and unknown states have their codes', async () => {
  const { api } = whole;
  const codes = [
    await api.call('GET', '/conflicts/99999'),
    await api.call('POST', '/conflicts/99999/handle', { note: 'x' }),
    await api.call('POST', '/conflicts/1/handle', { note: '  ' }),
    await api.call('GET', '/conflicts?state=closed'),
  ].map(({ status, body }) => [status, body.code]);
  assert.equal(codes, [
    [404, 'conflict-unknown'],
    [404, 'conflict-unknown'],
    [400, 'request-invalid'],
    [400, 'request-invalid'],
  ]);
});

test('a reader sees all and handles nothing; nobody sees anything without a token', async () => {
  const id = await conflict();
  const { body } = await whole.api.call('POST', '/tokens', { name: 'Bo', role: 'reader' });
  const as = { authorization: `Bearer ${body.token}` };
  for (const path of ['/conflicts', `/conflicts/${id}`, '/parked']) {
    assert.is((await whole.api.call('GET', path, undefined, as)).status, 200, path);
    const none = await whole.api.call('GET', path, undefined, { authorization: '' });
    assert.is(none.body.code, 'token-missing', path);
  }
  const refused = await whole.api.call('POST', `/conflicts/${id}/handle`, { note: 'x' }, as);
  assert.is(refused.body.code, 'token-role');
  assert.is((await whole.api.call('GET', `/conflicts/${id}`)).body.state, 'open');
});

test('the export holds every conflict, and no cell that a spreadsheet would run', async () => {
  const label = { row: '=A1&"x"', seat: '7, left' };
  const id = await conflict(label, { lane: '@SUM(A1)' });
  const note = '-1+cmd|"/c calc"\n+second line';
  await whole.api.call('POST', `/conflicts/${id}/handle`, { note });
  const headers = { authorization: `Bearer ${whole.api.token}` };
  const answer = await fetch(`${whole.api.base}/api/v1/conflicts.csv`, { headers });
  assert.match(String(answer.headers.get('content-type')), 'text/csv');
  assert.match(String(answer.headers.get('content-disposition')), 'attachment');
  const text = await answer.text();
  const { parse } = await import('csv-parse/sync');
  const rows = parse(text, { columns: true }) as Record<string, string>[];
  const { body } = await whole.api.call('GET', '/conflicts?limit=500');
  assert.is(rows.length, body.conflicts.length);
  const row = rows.find((one) => one.id === String(id));
  assert.is(row?.note, `'${note}`);
  assert.is(row?.place, `'=A1&"x" · 7, left`);
  assert.is(row?.['first lane'], `'@SUM(A1)`);
  assert.is(row?.state, 'handled');
  assert.match(row?.['first passed'] ?? '', /^\d{4}-\d\d-\d\dT/);
  for (const cell of rows.flatMap(Object.values)) assert.not.match(cell, /^[=+\-@\t\r]/);
});

test('conflicts come over their stream when found and when handled', async () => {
  const ending = new AbortController();
  const headers = { authorization: `Bearer ${whole.api.token}` };
  const url = `${whole.api.base}/api/v1/conflicts/stream?performance=${performance}`;
  const { body } = await fetch(url, { headers, signal: ending.signal });
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  const id = await conflict();
  await whole.api.call('POST', `/conflicts/${id}/handle`, { note: 'done' });
  let text = '';
  while (!text.includes('"state":"handled"')) {
    const { value } = await reader.read();
    text += Buffer.from(value as Uint8Array).toString();
  }
  ending.abort();
  const events = [...text.matchAll(/event: (\w+)\nid: (\d+)\ndata: (.*)\n/g)].map((match) => [
    match[1],
    Number(match[2]),
    JSON.parse(match[3] as string).state,
  ]);
  assert.equal(events, [
    ['conflict', id, 'open'],
    ['conflict', id, 'handled'],
  ]);
});

test('journal rows that were set aside are listed with why, whose and which', async () => {
  const row = journalWriter().write('{"kind":');
  gate.send('journal', { epoch: 'epoch-p', rows: [row] });
  await gate.next('journal', ({ epoch }) => epoch === 'epoch-p');
  const { body } = await whole.api.call('GET', '/parked');
  const [{ received, ...parked }] = body.parked;
  assert.equal(parked, {
    gateway,
    epoch: 'epoch-p',
    seq: 1,
    digest: row.digest,
    reason: 'unreadable',
    body: '{"kind":',
    other: null,
  });
  assert.equal([body.gaps, body.clones], [[], []]);
  assert.ok(received > 0);
  assert.equal((await whole.api.call('GET', '/parked?gateway=other')).body.parked, []);
  assert.equal((await whole.api.call('GET', '/parked?offset=1')).body.parked, []);
});

test.run();
