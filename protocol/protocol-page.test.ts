import { execFileSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonical, kindOf } from './codes/index.ts';
import { protocolErrors } from './error-table.ts';
import { sealedText } from './journal-digest.ts';
import { JournalBatch, JournalBody, TicketsPage, ValidateRequest } from './messages.ts';
import { jsonSchemas } from './schema.ts';
import { parseTopic, TOPICS } from './topics.ts';
import { readVectors } from './vectors/read.ts';
import { VERDICT_KEYS, VERDICTS } from './verdicts/table.ts';
import { verdictTexts } from './verdicts/texts.ts';

const page = readFileSync(new URL('../docs/protocol.md', import.meta.url), 'utf8');
const sections = new Map(
  page.split(/^##+ /m).map((section) => {
    const [title = '', ...lines] = section.split('\n');
    return [title, lines.join('\n')] as const;
  }),
);
const schemas = jsonSchemas();

function section(title: string): string {
  const found = sections.get(title);
  assert.ok(found !== undefined, `no section ${title}`);
  return found as string;
}

/** Rows of the first table of a section, as trimmed cells without back-quotes. */
function table(title: string): string[][] {
  const rows = section(title).match(/^\|.*\|$/gm) ?? [];
  return rows.slice(2).map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')),
  );
}

function example(title: string): unknown {
  const block = /```json\n([\s\S]*?)```/.exec(section(title))?.[1];
  assert.ok(block, `no example for ${title}`);
  return JSON.parse(block as string);
}

function schemaOf(title: string) {
  if (title === 'journal-body') return JournalBody;
  const [way, name] = title.split('/') as ['up', 'validate'];
  return TOPICS[way][name].schema;
}

/** Names of all members in a JSON Schema, at any depth. */
function members(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = 'properties' in schema ? Object.keys(schema.properties as object) : [];
  return [...own, ...Object.values(schema).flatMap(members)];
}

for (const title of Object.keys(schemas)) {
  test(`the page’s example of ${title} is a whole message without unknown members`, () => {
    const message = example(title);
    assert.equal(schemaOf(title).parse(message), message);
  });

  test(`the page names every field of ${title}`, () => {
    const told = section(title) + section('Shared shapes');
    for (const member of new Set(members(schemas[title]))) {
      assert.match(told, new RegExp(`[\`.]${member}\\??\``), member);
    }
  });
}

test('the table of topics is the code’s', () => {
  const expected = Object.entries(TOPICS).flatMap(([way, topics]) =>
    Object.entries(topics).map(([name, { qos, gzip }]) => [
      `${way}/${name}`,
      String(qos),
      gzip ? 'gzip' : 'JSON',
    ]),
  );
  assert.equal(
    table('Topics').map((row) => row.slice(0, 3)),
    expected,
  );
});

test('the table of verdicts is the code’s', () => {
  const expected = VERDICT_KEYS.map((key) => {
    const { outcome, colour, symbol, sound } = VERDICTS[key];
    return [key, outcome, colour, symbol, sound, verdictTexts.en[key].join(' · ')];
  });
  assert.equal(table('Verdicts'), expected);
});

test('the table of errors is the code’s', () => {
  const expected = Object.entries(protocolErrors).map(([code, { acts, status, message }]) => [
    code,
    acts,
    String(status),
    message,
  ]);
  assert.equal(table('Errors'), expected);
});

test('the examples’ code, digests and seal are right', () => {
  const { code } = ValidateRequest.parse(example('up/validate'));
  assert.is(kindOf(code), 'secure');
  assert.is(canonical(code), code);
  const [row] = JournalBatch.parse(example('up/journal')).rows;
  const seal = createHash('sha256').update(sealedText(row!.previous, row!.body)).digest('hex');
  assert.is(row!.digest, seal);
  assert.ok(JournalBody.safeParse(JSON.parse(row!.body)).success);
  const { ticketDigest } = readVectors<{ ticketDigest: Record<string, string> }>('codes.json');
  const key = Buffer.from(ticketDigest.venueKey!, 'hex');
  const hmac = createHmac('sha256', key).update(ticketDigest.canonical!).digest();
  const digest = hmac.subarray(0, 16).toString('base64url');
  assert.is(digest, ticketDigest.digest);
  assert.is(TicketsPage.parse(example('down/tickets')).tickets[0]!.digest, digest);
});

test('decide() on the page gives every verdict that its vectors give', () => {
  const { vectors } = readVectors<{ vectors: { verdict: { key: string } }[] }>('decide.json');
  const told = section('decide()');
  for (const key of new Set(vectors.map(({ verdict }) => verdict.key))) {
    assert.ok(told.includes(`\`${key}\``), key);
  }
});

test('what the commands of the page publish are messages of ours', () => {
  const script = /```sh\n([\s\S]*?)```/.exec(section('By hand'))?.[1] as string;
  const stubs = `
    cat() { echo 0190a5d4-ac96-774b-bcce-b302099a8057; }
    gunzip() { command cat; }
    mosquitto_sub() { :; }
    mosquitto_pub() { while [ $# -gt 0 ]; do
      [ "$1" = -t ] && topic=$2
      [ "$1" = -m ] && echo "$topic $2"
      shift; done; }
    mosquitto_rr() { mosquitto_pub "$@"; }`;
  const output = execFileSync('sh', ['-euc', `${stubs}\n${script}`], { encoding: 'utf8' });
  const lines = output.trim().split('\n');
  assert.is(lines.length, 4);
  for (const line of lines) {
    const [topic = '', ...message] = line.split(' ');
    const place = parseTopic(topic);
    assert.is(place?.way, 'up', topic);
    schemaOf(`up/${place?.name}`).parse(JSON.parse(message.join(' ')));
  }
});

test('links inside the page lead somewhere', () => {
  const anchors = new Set(
    [...sections.keys()].map((title) => title.toLowerCase().replace(/ /g, '-')),
  );
  for (const [, anchor] of page.matchAll(/\]\(#([^)]+)\)/g))
    assert.ok(anchors.has(anchor!), anchor);
});

test.run();
