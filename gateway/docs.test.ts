import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { GatewayConfig, readConfig } from './config.ts';
import { gatewayErrors } from './errors.ts';

const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'gateway.md'), 'utf8');
const sources = globSync('**/*.ts', { cwd: import.meta.dirname })
  .filter((file) => !/\.test\.ts$|(^|\/)test\/|node_modules/.test(file))
  .map((file) => ({ file, text: readFileSync(join(import.meta.dirname, file), 'utf8') }));
const section = (title: string) => page.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';

test('the page’s error table is the one in the code, and every code is used', () => {
  const rows = Object.entries(gatewayErrors).map(
    ([code, { acts, message }]) => `| \`${code}\` | ${acts} | ${message} |`,
  );
  const told = section('Errors')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  assert.equal(told, rows);
  const others = sources.filter(({ file }) => file !== 'errors.ts');
  const unused = Object.keys(gatewayErrors).filter(
    (code) => !others.some(({ text }) => text.includes(`'${code}'`)),
  );
  assert.equal(unused, []);
});

test('the page has every named limit with its value, and no other', () => {
  const limit =
    /^(?:export )?const ([A-Z_]*[A-Z]_(?:MS|MAX|MIN|EVERY|ROWS|SECONDS|ONCE)) = ([^;]+);/gm;
  const inCode = sources.flatMap(({ file, text }) =>
    [...text.matchAll(limit)].map(([, name, value]) => `| \`${file}\` | \`${name}\` | ${value} |`),
  );
  const told = section('Limits')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  const places = told.map((line) => `${line.split(' | ').slice(0, 3).join(' | ')} |`);
  assert.equal(places.sort(), inCode.sort());
  assert.equal(
    told.filter((line) => /\|\s*\|$/.test(line)),
    [],
    'each has a meaning',
  );
});

test('the page has every field of the configuration file, and no other', () => {
  const fields: string[] = [];
  const walk = (schema: z.core.JSONSchema.JSONSchema, path: string) => {
    for (const [name, field] of Object.entries(schema.properties ?? {})) {
      const inner = field as z.core.JSONSchema.JSONSchema;
      const items = inner.items as z.core.JSONSchema.JSONSchema | undefined;
      const at = `${path}${name}`;
      const isDevice = /^lanes\./.test(at);
      if (!inner.properties || isDevice) fields.push(at);
      if (!isDevice) walk(items ?? inner, `${at}.`);
    }
  };
  walk(z.toJSONSchema(GatewayConfig, { io: 'input' }), '');
  const told = [...section('Configuration file').matchAll(/^\| `([\w.]+)` \|/gm)].map(
    ([, at]) => at,
  );
  assert.equal(told.sort(), fields.sort());
});

test('the page’s example is a configuration that is taken', () => {
  const example = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  assert.is(GatewayConfig.parse(JSON.parse(example)).web.port, 7_080);
});

test('a configuration file with a wrong value names the field; one that is none says so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-config-'));
  const file = join(folder, 'gateway.json');
  const turnstile = { kind: 'arduino', path: 'tcp://127.0.0.1:1' };
  const told = async (config: unknown) => {
    writeFileSync(file, typeof config === 'string' ? config : JSON.stringify(config));
    return readConfig(file).then(
      () => 'taken',
      ({ code, details }: { code: string; details: { field?: string } }) => [code, details.field],
    );
  };
  const lanes = [{ turnstile }];
  assert.equal(await told({ data: 'd', lanes, web: { port: 70_000 } }), [
    'config-invalid',
    'web.port',
  ]);
  assert.equal(await told({ data: 'd', lanes: [] }), ['config-invalid', 'lanes']);
  assert.equal(await told({ data: 'd', lanes: [{ turnstile: { ...turnstile, path: 'COM1' } }] }), [
    'config-invalid',
    'lanes.0.turnstile.path',
  ]);
  assert.equal(await told('{ "data": '), ['config-unreadable', undefined]);
  assert.is(await told({ data: 'd', lanes }), 'taken');
  assert.is((await readConfig(file)).data, join(folder, 'd'));
  rmSync(folder, { recursive: true });
});

test.run();
