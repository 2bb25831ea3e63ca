import { execFile } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { renderSVG } from 'uqr';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const PROGRAM = join(import.meta.dirname, 'gatehouse.ts');
const CODE = 'R0123456789ABCDEF';
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bin-'));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly fault: string;
}

function gatehouse(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], (error, out, fault) =>
      resolve({ code: error ? Number(error.code) : 0, out, fault }),
    );
  });
}

test.before(async () => {
  const svg = Buffer.from(renderSVG(CODE, { pixelSize: 8, border: 4 }));
  await sharp(svg).flatten({ background: 'white' }).png().toFile(join(folder, 'a-code.png'));
  writeFileSync(join(folder, 'b-broken.png'), 'no picture');
});

test.after(() => rmSync(folder, { recursive: true, force: true }));

test('--help names every command in words', async () => {
  const { code, out } = await gatehouse('--help');
  assert.is(code, 0);
  for (const command of ['cloud', 'gateway', 'pin', 'doctor', 'decode', 'import', 'schema']) {
    assert.match(out, new RegExp(`^  ${command} `, 'm'));
  }
});

test('pin takes six digits or more from standard input; doctor says that no gateway runs', async () => {
  const config = join(folder, 'gateway.json');
  const lanes = [{ turnstile: { kind: 'arduino', path: 'tcp://127.0.0.1:1' } }];
  const web = { port: 1, https: false };
  writeFileSync(config, JSON.stringify({ data: join(folder, 'data'), web, lanes }));
  const typed = (command: string, text: string) =>
    new Promise<Ended>((resolve) => {
      const args = [PROGRAM, command, '--config', config];
      const child = execFile(process.execPath, args, (error, out, fault) =>
        resolve({ code: error ? Number(error.code) : 0, out, fault }),
      );
      child.stdin?.end(text);
    });
  assert.is((await typed('pin', '12345\n')).code, 1);
  const { code, fault } = await typed('pin', '804211\n');
  assert.is(code, 0, fault);
  const kept = readFileSync(join(folder, 'data', 'local.json'), 'utf8');
  assert.match(kept, /"pin":"\$scrypt\$/);
  assert.not.match(kept, '804211');
  assert.match((await typed('doctor', '804211\n')).fault, 'gateway-not-running');
  if (process.getuid?.() !== 0) return;
  // As on a Pi: root types it, and the gateway that has to read it is somebody else.
  for (const path of ['', 'data', join('data', 'local.json')]) {
    chmodSync(join(folder, path), 0o755);
    if (path !== '') chownSync(join(folder, path), 990, 990);
  }
  const again = await typed('pin', '804212\n');
  assert.is(again.code, 0, again.fault);
  assert.is(statSync(join(folder, 'data', 'local.json')).uid, 990);
});

test('decode --json says what is in each picture of a folder, and which are broken', async () => {
  const { code, out } = await gatehouse('decode', '--json', folder);
  const [good, broken] = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const read = { text: CODE, symbology: 'QRCode', stage: 'box-small', believed: true };
  assert.equal(good.codes, [read]);
  assert.type(good.ms, 'number');
  assert.is(broken.error, 'camera-picture-broken');
  assert.is(code, 1);
});

test('decode without --json is for people', async () => {
  const { code, out } = await gatehouse('decode', join(folder, 'a-code.png'));
  assert.match(
    out,
    /a-code\.png: 1 code in [\d.]+ ms\n {2}QRCode {2}R0123456789ABCDEF {2}\(box-small\)\n/,
  );
  assert.is(code, 0);
});

test('schema prints every message as JSON Schema', async () => {
  const { out } = await gatehouse('schema');
  const schemas = JSON.parse(out);
  assert.is(schemas['up/validate'].type, 'object');
  assert.ok(schemas['down/tickets']);
});

test('a config file that is not there is named with a stable code', async () => {
  const { code, fault } = await gatehouse('gateway', '--config', join(folder, 'none.json'));
  assert.match(fault, /^gatehouse: config-unreadable: .*none\.json/);
  assert.is(code, 1);
});

async function cloudThat(answers: (request: IncomingMessage) => [number, object]) {
  const server = createServer((request, response) => {
    const [status, body] = answers(request);
    request.resume().on('end', () => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

test('import sends the file and says what became of it', async () => {
  const file = join(folder, 'tickets.csv');
  writeFileSync(file, 'code\nabc-1\n');
  let asked = '';
  const cloud = await cloudThat(({ url, headers }) => {
    asked = `${url} ${headers['content-type']} ${headers.authorization}`;
    return [200, { imported: 1 }];
  });
  const to = ['--performance', 'p1', '--cloud', cloud.url, '--token', 'secret'];
  const { code, out } = await gatehouse('import', file, ...to);
  cloud.close();
  assert.is(asked, '/api/v1/performances/p1/tickets/import text/csv Bearer secret');
  assert.equal(JSON.parse(out), { imported: 1 });
  assert.is(code, 0);
});

test('import names each bad row and ends with the cloud’s code', async () => {
  const file = join(folder, 'bad.csv');
  writeFileSync(file, 'code\n\n');
  const faults = [{ row: 2, column: 'code', fault: 'is empty' }];
  const cloud = await cloudThat(() => [
    422,
    { code: 'import-rows-faulty', message: 'Nothing was imported.', details: { faults } },
  ]);
  const to = ['--performance', 'p1', '--cloud', cloud.url, '--token', 'secret'];
  const { code, fault } = await gatehouse('import', file, ...to);
  cloud.close();
  assert.match(fault, /"row":2,"column":"code"/);
  assert.match(fault, /gatehouse: import-rows-faulty: Nothing was imported\./);
  assert.is(code, 1);
});

test('import without a token or with a file of another kind says so', async () => {
  const other = join(folder, 'tickets.xlsx');
  const kind = await gatehouse('import', other, '--performance', 'p1', '--token', 'x');
  assert.match(kind.fault, /import-type/);
  const csv = join(folder, 'none.csv');
  const missing = await gatehouse('import', csv, '--performance', 'p1', '--token', 'x');
  assert.match(missing.fault, /no-file/);
});

test.run();
