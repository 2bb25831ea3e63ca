import { ray } from './picture';
// biome-ignore lint/style/useImportType: AssemblyScript has no such imports
import { span, spanFrom, spanTo, View } from './view';

/** Lines taken together with one in the box may reach so many pixels out of it. */
const BESIDE: f64 = 18;

const fixed = (place: f64): i32 => <i32>nearest(max(-2e9, min(2e9, place * 65_536)));

/**
 * A view of a picture turned upright: `rows` lines of up to `columns` samples, i16 in eighths of a
 * level, `columns` apart. What is not near the box is not written.
 */
export function upright(
  from: usize,
  w: i32,
  h: i32,
  at: usize,
  to: usize,
  rows: i32,
  columns: i32,
): void {
  const view = changetype<View>(at);
  const acrossX = fixed(view.cos);
  const acrossY = fixed(view.sin);
  for (let row = 0; row < rows; row++) {
    const s = view.top + <f64>row * view.apart;
    span(view, s, BESIDE);
    const first = max(0, <i32>floor(spanFrom - view.left));
    const last = min(columns - 1, <i32>ceil(spanTo - view.left));
    if (first >= last) continue;
    const t = view.left + <f64>first;
    const x = fixed(view.centreX + t * view.cos - s * view.sin);
    const y = fixed(view.centreY + t * view.sin + s * view.cos);
    const out = to + ((<usize>(row * columns + first)) << 1);
    ray(from, w, h, out, last - first + 1, x, y, acrossX, acrossY);
  }
}
