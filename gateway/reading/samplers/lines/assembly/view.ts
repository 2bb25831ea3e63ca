/** A box seen along its edges, as lines.ts writes it: f64 in this order. */
@unmanaged
export class View {
  centreX: f64;
  centreY: f64;
  /** Across the bars. */
  cos: f64;
  sin: f64;
  /** The box and what of its surroundings is in the picture. */
  lowX: f64;
  lowY: f64;
  highX: f64;
  highY: f64;
  /** Where the first sample of a line is, where the first line is, and pixels between lines. */
  left: f64;
  top: f64;
  apart: f64;
}

/** The stretch of a line that `span` has found; empty where from > to. */
export let spanFrom: f64 = 0;
export let spanTo: f64 = 0;

/** Finds the stretch of line `s` that lies in the box or so many pixels beside it. */
export function span(view: View, s: f64, beside: f64): void {
  spanFrom = -1e9;
  spanTo = 1e9;
  const x = view.centreX - s * view.sin;
  const y = view.centreY + s * view.cos;
  clip(x, view.cos, view.lowX - beside, view.highX + beside);
  clip(y, view.sin, view.lowY - beside, view.highY + beside);
}

function clip(at: f64, by: f64, low: f64, high: f64): void {
  if (abs(by) < 1e-9) {
    if (at < low || at > high) spanTo = -2e9;
    return;
  }
  const a = (low - at) / by;
  const b = (high - at) / by;
  spanFrom = max(spanFrom, min(a, b));
  spanTo = min(spanTo, max(a, b));
}
