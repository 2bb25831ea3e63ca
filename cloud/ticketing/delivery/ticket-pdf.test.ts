import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inflateSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { need, type Shop, startShop } from '../../test/shop.ts';

const run = promisify(execFile);
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const missing = ['pdftoppm', 'zbarimg', 'ZXingReader'].filter(
  (program) => spawnSync('which', [program]).status !== 0,
);
const readable = missing.length === 0 ? test : test.skip;
if (missing.length > 0) console.log(`SKIPPED: reading printed tickets needs ${missing.join(', ')}`);

let shop: Shop;
let dir: string;
test.before(async () => {
  shop = await startShop();
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-pdf-'));
});
test.after(async () => {
  await shop.stop();
  await rm(dir, { recursive: true, force: true });
});

/** A paid order of two tickets with its PDF. */
async function bought(secure: boolean) {
  const show = await shop.sell({ secure });
  shop.accounts.set('ann', '+31612345678');
  const { order, token } = await shop.order(show, 2, { account: 'ann' });
  const own = { order: token, account: 'ann' };
  const { payment } = need(await shop.shop('POST', `/orders/${order.id}/payments`, own), 201);
  need(await shop.shop('POST', `/test-payments/${payment}`, { body: { outcome: 'paid' } }), 200);
  const pdf = need(await shop.shop('GET', `/orders/${order.id}/tickets.pdf`, own), 200) as Buffer;
  shop.accounts.clear();
  const rows = await shop.house.store.db
    .selectFrom('tickets')
    .selectAll()
    .where('performance', '=', show.id)
    .execute();
  return { pdf, rows };
}

/** Every text that a PDF can hold: itself and each of its streams, inflated. */
function insidesOf(pdf: Buffer): string {
  const texts = [pdf.toString('latin1')];
  const marks = /stream\r?\n/g;
  for (let mark = marks.exec(texts[0] as string); mark; mark = marks.exec(texts[0] as string)) {
    const end = pdf.indexOf('endstream', mark.index);
    const data = pdf.subarray(mark.index + mark[0].length, end);
    try {
      texts.push(inflateSync(data, { finishFlush: 2 }).toString('latin1'));
    } catch {
      texts.push(data.toString('latin1'));
    }
  }
  // Text is drawn as hexadecimal strings with kerning between them.
  const plain = texts.map((text) =>
    text.replace(/\[([^\]]*)\]\s*TJ/g, (_, parts: string) =>
      [...parts.matchAll(/<([0-9a-fA-F]*)>/g)]
        .map(([, hex]) => Buffer.from(hex as string, 'hex').toString('latin1'))
        .join(''),
    ),
  );
  return [...texts, ...plain].join('\n');
}

/** What two independent readers find on the printed pages. */
async function codesOn(pdf: Buffer, dpi: number): Promise<string[][]> {
  const folder = await mkdtemp(join(dir, 'pages-'));
  await writeFile(join(folder, 'tickets.pdf'), pdf);
  const at = ['-r', String(dpi), '-png'];
  await run('pdftoppm', [...at, join(folder, 'tickets.pdf'), join(folder, 'page')]);
  const pages = (await readdir(folder)).filter((name) => name.endsWith('.png')).sort();
  const found: string[][] = [];
  for (const page of pages) {
    const path = join(folder, page);
    const zbar = spawnSync('zbarimg', ['-q', '--raw', path]).stdout.toString();
    const zxing = spawnSync('ZXingReader', ['-1', path]).stdout.toString();
    const read = zxing.trim().replace(path, '').trim();
    found.push([zbar.trim(), read === 'None' ? '' : (/R[0-9A-Z]{16}/.exec(read)?.[0] ?? read)]);
  }
  return found;
}

test('S4: neither handle, key nor code of a secure ticket stands in its PDF', async () => {
  const { pdf, rows } = await bought(true);
  const insides = insidesOf(pdf);
  assert.match(insides, 'https://secureticketportal.example', 'it points to the portal');
  assert.match(insides, 'Secure ticket');
  for (const { handle, id } of rows) {
    const hidden = [handle as string, id, shop.key.ticketCode(id, 1)];
    for (const text of hidden.flatMap((one) => [one, one.toUpperCase()])) {
      assert.not.match(insides, text);
    }
  }
  assert.not.match(insides, '612345678', 'nor the phone number');
});

test('S4: a secure ticket has its own background, or the standard one', async () => {
  const picture = Buffer.from(PNG, 'base64');
  const images = (pdf: Buffer) => insidesOf(pdf).split('/Subtype /Image').length - 1;
  assert.is(images((await bought(true)).pdf), 0);
  need(await shop.staff('PUT', '/ticket-backgrounds/standard', picture, 'image/png'), 204);
  assert.ok(images((await bought(true)).pdf) > 0);
  need(await shop.staff('DELETE', '/ticket-backgrounds/standard'), 204);
  need(await shop.staff('PUT', '/ticket-backgrounds/secure', picture, 'image/png'), 204);
  assert.ok(images((await bought(true)).pdf) > 0);
  assert.is(images((await bought(false)).pdf), 0, 'regular ones do not get it');
  need(await shop.staff('DELETE', '/ticket-backgrounds/secure'), 204);
  const bad = await shop.staff('PUT', '/ticket-backgrounds/secure', Buffer.from('x'), 'image/png');
  assert.is(bad.body.code, 'background-refused');
});

for (const dpi of [150, 300]) {
  readable(`S4: two readers find nothing on a secure ticket at ${dpi} dpi`, async () => {
    const { pdf } = await bought(true);
    assert.equal(await codesOn(pdf, dpi), [
      ['', ''],
      ['', ''],
    ]);
  });

  readable(`two readers find exactly the code of a regular ticket at ${dpi} dpi`, async () => {
    const { pdf, rows } = await bought(false);
    const found = await codesOn(pdf, dpi);
    const codes = rows.map(({ id }) => shop.key.ticketCode(id, 1)).sort();
    assert.equal(found.map(([zbar]) => zbar).sort(), codes);
    assert.equal(found.map(([, zxing]) => zxing).sort(), codes);
    assert.equal(
      rows.map(({ digest }) => digest).sort(),
      codes.map((code) => shop.house.ticketing.digest(code)).sort(),
      'the codes that gateways know',
    );
  });
}

test.run();
