import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { svg } from './chart.ts';
import { figuresOf } from './figures.ts';
import type { Measured } from './measure.ts';
import { type Report, readReport, writeReport } from './report.ts';
import { grouped, type Result, summary } from './score.ts';
import { sceneTable } from './table.ts';

/** A decoder that read so many of ten codes, in so many milliseconds each. */
function measured(name: string, read: number, ms: number): Measured {
  const results = Array.from({ length: 10 }, (_, i): Result => {
    return { level: 'easy', faults: [], kind: 'QRCode', read: i < read, wrong: 0, ms };
  });
  const empty = summary([]);
  const byLevel = grouped(results, ({ level }) => [level]);
  return {
    name,
    about: '',
    code: summary(results),
    empty,
    byLevel,
    byKind: {},
    byFault: {},
    byStage: {},
  };
}

function scenes(of: string, ...readers: Measured[]): Report {
  return { scenes: { of, readers } };
}

test('a report grows over several runs, and a decoder measured again is replaced', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-report-'));
  try {
    const file = join(folder, 'report.json');
    writeReport(file, scenes('seed 1', measured('jsQR', 3, 9), measured('qr', 4, 2)));
    writeReport(file, scenes('seed 1', measured('qr', 5, 2)));
    const both = readReport(file).scenes?.readers.map(({ name, code }) => [name, code.read]);
    assert.equal(both, [
      ['qr', 5],
      ['jsQR', 3],
    ]);
    writeReport(file, scenes('seed 2', measured('qr', 6, 2)));
    assert.equal(readReport(file).scenes?.readers.length, 1, 'other scenes are another report');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a figure holds by points, by shares and by times, as its target says', () => {
  const figures = figuresOf(
    scenes(
      'seed 1',
      measured('gatehouse first pass', 8, 4),
      measured('gatehouse all stages', 7, 90),
      measured('zxing-wasm ticket', 6, 20),
      measured('zxing-wasm ticket-light', 6, 5),
    ),
  );
  assert.equal(
    figures.map(({ name, value, holds }) => [name, value, holds]),
    [
      ['codes read on single frames, first pass', 80, true],
      ['its time a frame', 4, true],
      ['codes read on single frames, all stages', 70, false],
    ],
  );
});

test('what was measured is drawn and told in a table, the gateway’s own marked', () => {
  const report = scenes('seed 1', measured('jsQR', 3, 9), measured('gatehouse all stages', 7, 90));
  const drawn = svg(report);
  assert.match(drawn, /class="own"[^>]*width="364/);
  assert.match(drawn, /prefers-color-scheme: dark/);
  assert.match(sceneTable(report.scenes?.readers ?? []), /\| jsQR \| \*\*30\.0\*\* \| 30 \| – /);
});

test.run();
