import type { QrKernel } from './kernel.ts';
import type { Shape } from './shape.ts';
import { outOf } from './view.ts';

/** How much a place has to be like a finder. */
const LIKENESS = 0.5;
/** Of the places that lines show the likeliest are fitted, at each size. */
const SPOTS_MAX = 16;
/** Of all finders the likeliest are gone on with. */
const FINDERS_MAX = 10;

/** What looks like a finder pattern, in pixels of the picture. */
export type Finder = Shape;

/** What looks like a finder by `factor` smaller, to lines `step` pixels apart there. */
export function findersAt(kernel: QrKernel, factor: number, step: number): Finder[] {
  const view = kernel.view(factor);
  const longer = ({ x, y }: Shape['along']) => ({ x: x * factor, y: y * factor });
  return kernel
    .spots(view, step)
    .slice(0, SPOTS_MAX)
    .flatMap((spot) => {
      const shape = kernel.shape(view, spot, LIKENESS);
      if (!shape) return [];
      const axes = { along: longer(shape.along), down: longer(shape.down) };
      return { ...shape, ...outOf(view, shape), ...axes, module: shape.module * factor };
    });
}

/** The likeliest finders, each once. */
export function bestOf(found: readonly Finder[]): Finder[] {
  const apart: Finder[] = [];
  for (const one of found.toSorted((a, b) => b.likeness - a.likeness)) {
    const known = apart.some(
      (other) => Math.hypot(other.x - one.x, other.y - one.y) < 3 * one.module,
    );
    if (!known) apart.push(one);
    if (apart.length === FINDERS_MAX) break;
  }
  return apart;
}
