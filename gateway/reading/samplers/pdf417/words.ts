import { readFileSync } from 'node:fs';
import type { Cells } from './cells.ts';
import { PATTERNS, WORDS } from './clusters.ts';

/** What assembly/index.ts exports; see there. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly base: WebAssembly.Global<'i32'>;
  column(cells: number, rows: number, columns: number, at: number, ...plan: number[]): number;
}

/** The best pattern of one cluster for one cell. */
export interface Match {
  readonly word: number;
  /** Correlation with it, 0 to 1. */
  readonly likeness: number;
  /** By how much it is better than the next. */
  readonly lead: number;
}

/** Finds the words of cells. One instance belongs to one thread. */
export interface Words {
  /** Takes a symbol's cells. */
  take(cells: Cells): void;
  /** The matches of a column, by the clusters that its rows are most like. */
  column(column: number): { readonly phase: number; readonly matches: Match[] };
}

const MODULES = 17;
/** Sixteen patterns: their groups of four modules, then a weight and a word each. */
const BLOCK = 128;
const BLOCKS = Math.ceil(WORDS / 16);
const WEIGHT = 0.6;
const MATCH = 12;
const PAGE = 65_536;

/** 1 / deviation of a pattern, by the number of its dark modules. */
export const WEIGHTS = Float32Array.from({ length: MODULES + 1 }, (_, dark) => {
  const share = dark / MODULES;
  return dark === 0 || dark === MODULES ? 0 : 1 / Math.sqrt(MODULES * share * (1 - share));
});
/** How many dark modules every pattern has. */
export const DARK = PATTERNS.map((pattern) => {
  let count = 0;
  for (let bits = pattern; bits; bits &= bits - 1) count++;
  return count;
});

/** All patterns as assembly/words.ts takes them; places without one weigh nothing. */
function packed(): Uint8Array {
  const bytes = new Uint8Array(3 * BLOCKS * BLOCK);
  const view = new DataView(bytes.buffer);
  PATTERNS.forEach((pattern, i) => {
    const word = i % WORDS;
    const lane = word % 16;
    const block = (Math.floor(i / WORDS) * BLOCKS + (word >> 4)) * BLOCK;
    for (let group = 0; group < 4; group++) {
      bytes[block + 16 * group + lane] = (pattern >> (12 - 4 * group)) & 15;
    }
    const weight = Math.round((32_767 * WEIGHTS[DARK[i]!]!) / WEIGHT);
    view.setInt16(block + 64 + 2 * lane, weight, true);
    view.setInt16(block + 96 + 2 * lane, word, true);
  });
  return bytes;
}

let compiled: WebAssembly.Module | undefined;
let opened: Words | undefined;

/** The kernel of this thread. */
export function words(): Words {
  opened ??= openWords();
  return opened;
}

function openWords(): Words {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('./kernel.wasm', import.meta.url)));
  const wasm = new WebAssembly.Instance(compiled).exports as unknown as Exports;
  const patterns = (wasm.base.value + 15) & ~15;
  const found = patterns + 3 * BLOCKS * BLOCK;
  let size = { rows: 0, columns: 0 };
  let cells = found;
  reserve(found);
  new Uint8Array(wasm.memory.buffer).set(packed(), patterns);

  function reserve(end: number): void {
    const missing = end - wasm.memory.buffer.byteLength;
    if (missing > 0) wasm.memory.grow(Math.ceil(missing / PAGE));
  }

  /** Every other row from one on. */
  function every(column: number, phase: number, first: number): number {
    const out = found + phase * size.rows * MATCH;
    const plan = [phase, first, 2, patterns, BLOCKS, out];
    return wasm.column(cells, size.rows, size.columns, column, ...plan);
  }

  return {
    take({ values, rows, columns }) {
      size = { rows, columns };
      cells = found + 3 * rows * MATCH;
      reserve(cells + 4 * values.length);
      new Float32Array(wasm.memory.buffer, cells, values.length).set(values);
    },
    column(column) {
      const sums = [0, 1, 2].map((phase) => every(column, phase, 0));
      const phase = sums.indexOf(Math.max(...sums));
      every(column, phase, 1);
      const view = new DataView(wasm.memory.buffer, found + phase * size.rows * MATCH);
      const matches = Array.from({ length: size.rows }, (_, row) => ({
        word: view.getInt32(row * MATCH, true),
        likeness: view.getFloat32(row * MATCH + 4, true),
        lead: view.getFloat32(row * MATCH + 8, true),
      }));
      return { phase, matches };
    },
  };
}
