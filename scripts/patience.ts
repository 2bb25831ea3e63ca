/**
 * How long tests wait for what must come: enough for a machine ten times slower than the one they
 * were written on, and for one that stands still for a while. It only ends a test that hangs; no
 * test takes this long, and none proves by it that something was fast.
 */
export const PATIENCE_MS = 120_000;
