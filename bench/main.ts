import { parseArgs } from 'node:util';
import { decide } from './decide.ts';
import { decode } from './decode/decode.ts';
import { drain } from './drain.ts';
import type { Benchmark, Figure, Wishes } from './figure.ts';
import { journal } from './journal.ts';
import { peers } from './peers.ts';
import { revocation } from './revocation.ts';
import { scanRegular } from './scan-regular.ts';
import { scanSecure } from './scan-secure.ts';
import { tickets } from './tickets.ts';
import { validator } from './validator.ts';

const all: readonly Benchmark[] = [
  decide,
  journal,
  scanRegular,
  scanSecure,
  validator,
  drain,
  tickets,
  revocation,
  peers,
  decode,
];

const wishes = Object.fromEntries(
  all.flatMap((one) => Object.keys(one.wishes ?? {})).map((wish) => [wish, { type: 'string' }]),
) as Record<string, { type: 'string' }>;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...wishes,
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const unknown = positionals.filter((name) => !all.some((one) => one.name === name));
if (values.help || unknown.length > 0) {
  if (unknown.length > 0) console.error(`no benchmark named ${unknown.join(', ')}`);
  console.log('npm run bench -- [--json] [NAME…]\n');
  for (const { name, about, wishes = {} } of all) {
    console.log(`  ${name.padEnd(12)} ${about}`);
    for (const [wish, meaning] of Object.entries(wishes)) {
      console.log(`    --${wish.padEnd(10)} ${meaning}`);
    }
  }
  process.exitCode = unknown.length > 0 ? 1 : 0;
} else {
  const chosen = all.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  for (const benchmark of chosen) {
    for (const figure of await benchmark.run(values as unknown as Wishes)) print(figure);
  }
}

function print(figure: Figure): void {
  if (values.json) {
    console.log(JSON.stringify(figure));
    return;
  }
  const { name, value, unit, limit, ratio, target, holds } = figure;
  const told = `${round(value)} ${unit}`.padStart(16);
  const beside = `${limit.name} ${round(limit.value)} ${limit.unit}`.padEnd(34);
  console.log(
    `${holds ? '✔' : '✘'} ${name.padEnd(40)} ${told}   ${beside} ${ratio.toFixed(2)} × (${target})`,
  );
}

function round(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
