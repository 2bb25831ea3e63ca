import { type FindingExports, openFinding } from '../finding.ts';
import { type GridExports, gridOf } from '../grid.ts';
import { tableOf } from '../qr/known.ts';
import type { View } from '../qr/view.ts';
import { BULLSEYE, knownOf } from './known.ts';
import type { Layout } from './layout.ts';

/** The compiled part of the sampler. It works on what was taken last. */
export type AztecKernel = ReturnType<typeof openAztecKernel>;

/** The kernels compiled from assembly/ (kernel.wasm); one instance belongs to one thread. */
export function openAztecKernel() {
  const finding = openFinding<GridExports & FindingExports>(
    new URL('./kernel.wasm', import.meta.url),
    tableOf(BULLSEYE),
  );
  const { take, view, spots, shape } = finding;
  const grid = gridOf(finding);

  return {
    ...{ take, view, spots, shape },
    ...grid,

    /** What is fitted from here on. */
    target(view: View, layout: Layout, inverted: boolean): void {
      grid.target(view, layout.size, knownOf(layout), inverted);
    },
  };
}
