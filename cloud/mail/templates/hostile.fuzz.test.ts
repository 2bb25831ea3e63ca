import { GatehouseError } from '@gatehouse/protocol';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ALLOWED_FILTERS } from './allowed.ts';
import { createEngine } from './engine.ts';
import { RENDER_MS_MAX } from './job.ts';
import { OUTPUT_MAX } from './render.ts';

const engine = createEngine();
/** What a guest could be called. */
const NAME = '<b>"\'x</b>';
const data = { gast: { naam: NAME, namen: [NAME, 'b'] }, nul: 0, at: 1_795_300_571_000 };
const CODES = ['template-faulty', 'template-too-slow', 'template-too-much'];

async function run(html: string): Promise<{ html: string } | { code: string; message: string }> {
  const parts = { subject: 's', html, text: null };
  try {
    const job = { parts, data, language: 'nl' as const, timeZone: 'Europe/Amsterdam' };
    return (await engine.render(job)).mail;
  } catch (cause) {
    if (!(cause instanceof GatehouseError)) throw cause;
    return { code: cause.code, message: cause.message };
  }
}

async function codeOf(html: string): Promise<string> {
  const outcome = await run(html);
  return 'code' in outcome ? outcome.code : 'filled in';
}

const LIST = '{% set l = [1,2,3,4,5,6,7,8,9,0] %}';
const nested = (depth: number, inner: string) =>
  `${LIST}${'{% for a in l %}'.repeat(depth)}${inner}${'{% endfor %}'.repeat(depth)}`;

test('M1: what a template may not use is refused when it is read, with its line', async () => {
  const refused = [
    '{% for i in range(1, 1000000000) %}x{% endfor %}',
    '{% for i in 1..1000000000 %}x{% endfor %}',
    '{% include "/etc/passwd" %}',
    '{% extends "base" %}',
    '{% embed "x" %}{% endembed %}',
    '{% import "x" as y %}',
    '{% from "x" import y %}',
    '{% use "x" %}',
    '{% macro m(x) %}{{ _self.m(x) }}{% endmacro %}',
    '{% block b %}{% endblock %}',
    '{% autoescape false %}{{ gast.naam }}{% endautoescape %}',
    '{% apply raw %}{{ gast.naam }}{% endapply %}',
    '{% sandbox %}{% endsandbox %}',
    '{% with {} %}{% endwith %}',
    '{% do gast.naam %}',
    '{% verbatim %}{{ x }}{% endverbatim %}',
    '{{ include("x") }}',
    '{{ source("x") }}',
    '{{ constant("process") }}',
    '{{ dump() }}',
    '{{ template_from_string("x") }}',
    '{{ block("x") }}',
    '{{ parent() }}',
    '{{ random() }}',
    '{{ gast.naam|raw }}',
    '{{ gast.naam|nl2br }}',
    '{{ gast.namen|map(n => n) }}',
    '{{ gast.namen|filter(n => true) }}',
    '{{ gast.namen|sort((a, b) => 1) }}',
    '{{ gast.namen|reduce((c, n) => c ~ n) }}',
    '{{ gast.naam|convert_encoding("a", "b") }}',
    '{{ gast.naam matches "/(a+)+$/" }}',
    '{{ 9 ** 9 }}',
    '{{ _context|length }}',
    '{{ _self }}',
    '{{ gast.constructor.constructor("return process")() }}',
    '{{ gast.get("naam") }}',
    '{{ gast.naam.replace("a", "b") }}',
    '{{ [gast.constructor("x")]|length }}',
    '{{ gast[gast.get("x")] }}',
    '{{ gast.get("x").y }}',
  ];
  for (const html of refused) {
    const outcome = await run(`eerste regel\n${html}`);
    assert.is('code' in outcome && outcome.code, 'template-faulty', html);
    assert.match('message' in outcome ? outcome.message : '', 'html, line 2', html);
  }
});

test('M1: nothing but the data can be reached by a name', async () => {
  const names = ['constructor', '__proto__', 'prototype', 'toString', 'process', 'globalThis'];
  for (const name of names) {
    for (const html of [
      `{{ ${name} }}`,
      `{{ gast.${name} }}`,
      `{{ gast['${name}'] }}`,
      `{{ gast.naam.${name} }}`,
      `{{ gast.namen.${name} }}`,
      `{{ gast.${name}.${name}.${name} }}`,
      `{{ "x".${name} }}`,
    ]) {
      const outcome = await run(html);
      const text = 'html' in outcome ? outcome.html : '';
      assert.ok(text === '' || text === 'gast', `${html} gives ${text}`);
    }
  }
});

test('M1: a template that takes for ever or makes too much is ended, and the next one runs', async () => {
  const word = '{% set s = "xxxxxxxxxx" %}';
  const hostile = [
    nested(12, '{% set q = 1 %}'),
    nested(5, 'x'.repeat(50)),
    `${word}${nested(2, '{% set s = s ~ s %}')}{{ s }}`,
    `${word}${'{% set s = s ~ s %}'.repeat(25)}{{ s|upper }}`,
    `{{ ${'('.repeat(20_000)}1${')'.repeat(20_000)} }}`,
    `${'{% if 1 %}'.repeat(6_000)}${'{% endif %}'.repeat(6_000)}`,
    'x'.repeat(OUTPUT_MAX + 1),
  ];
  for (const html of hostile) {
    const code = await codeOf(html);
    // Which of the two comes first is a matter of the machine.
    assert.ok(
      ['template-too-much', 'template-too-slow'].includes(code),
      `${html.slice(0, 60)} ends with ${code}`,
    );
    assert.is(await codeOf('{{ gast.naam }}'), 'filled in');
  }
});

test('other work of the process goes on while a template runs for ever', async () => {
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
  }, 10);
  assert.is(await codeOf(nested(12, '{% set q = 1 %}')), 'template-too-slow');
  clearInterval(timer);
  assert.ok(ticks > RENDER_MS_MAX / 10 / 4, `${ticks} ticks`);
});

test('M1: no filter, operator or capture lets a name out unescaped', async () => {
  const values = [
    ...ALLOWED_FILTERS.map((filter) => `gast.naam|${filter}`),
    ...ALLOWED_FILTERS.map((filter) => `gast.namen|${filter}`),
    ...ALLOWED_FILTERS.map((filter) => `nope|default(gast.naam)|${filter}`),
    ...['js', 'css', 'url', 'html_attr', 'html'].map((how) => `gast.naam|e('${how}')`),
    ...[
      'nope ?? gast.naam',
      'nope ? 1 : gast.naam',
      'gast.naam ? gast.naam : 1',
      'nope ?: gast.naam',
    ],
    ...['"a" ~ gast.naam', '"a#{gast.naam}"', 'gast.namen|join(gast.naam)', '[gast.naam]|first'],
    ...['{"a": gast.naam}.a', 'at|date(gast.naam)', 'gast.naam|slice(0, 5)', 'gast.naam|trim("x")'],
    ...['1|number_format(1, gast.naam, gast.naam)', 'gast.naam|default("x")|upper'],
  ];
  for (const value of values) {
    const html = `{{ ${value} }}{% set z = ${value} %}{{ z }}{% set z %}{{ ${value} }}{% endset %}\
{{ z }}{{ z|upper }}{{ z ~ gast.naam }}`;
    const outcome = await run(html);
    assert.not.match('html' in outcome ? outcome.html : '', /[<>"']/, html);
  }
});

test('whatever a template is, it ends with a mail or a code', async () => {
  const piece = fc.constantFrom(
    ...['{{', '}}', '{%', '%}', '{#', '#}', 'if', 'for', 'in', 'set', 'endif', 'endfor', '~', '|'],
    ...['gast', '.naam', '.namen', '[0]', 'e', 'join', '(', ')', '"', "'", '1', '..', '=', '<b>'],
    ...[' ', '\n', '=>', 'constructor', '__proto__', '#{', '\\', '-', '\u0000', '\ud800', '💡'],
  );
  const source = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(' '));
  await fc.assert(
    fc.asyncProperty(source, async (html) => {
      const code = await codeOf(html);
      assert.ok(code === 'filled in' || CODES.includes(code), code);
    }),
    { numRuns: 150 },
  );
});

test.after(() => engine.stop());
test.run();
