import type { Moment } from '@gatehouse/protocol';
import type { ScanRow } from '../admission/index.ts';

/** A machine's clock drifts by up to 200 ppm. */
const DRIFT = 200e-6;
/** A decision stands at most this long before its passage; longer means a clock was set between. */
const DECIDED_BEFORE_MS = 150_000;

/** Cloud time at one moment of a gateway's monotonic clock. */
export interface Anchor {
  readonly mono: number;
  readonly at: Moment;
  readonly uncertainty: number;
}

/**
 * How well a time is known: `trusted`, `plausible` and `untrusted` as its gateway said, `repaired`
 * where the same boot learned the time later, or earlier.
 */
export type TimeQuality = 'trusted' | 'plausible' | 'untrusted' | 'repaired';

/** When somebody passed, by cloud time. */
export interface PassageMoment {
  readonly at: Moment;
  /** ± ms; `null` where nobody can say, and then `at` proves nothing. */
  readonly uncertainty: number | null;
  readonly quality: TimeQuality;
}

/** When a passage was, from its own clock or, where that did not know, from its boot's anchor. */
export function passageMoment(scan: ScanRow, anchor: Anchor | undefined): PassageMoment {
  const at = scan.result_at ?? scan.at;
  const quality = scan.quality ?? 'untrusted';
  if (scan.uncertainty !== null && quality !== 'untrusted') {
    return { at, uncertainty: scan.uncertainty, quality };
  }
  if (!anchor || scan.mono === null) return { at, uncertainty: null, quality };
  const since = scan.mono - anchor.mono;
  return {
    at: Math.round(anchor.at + since),
    uncertainty: Math.ceil(anchor.uncertainty + Math.abs(since) * DRIFT),
    quality: 'repaired',
  };
}

/** When it was decided, by cloud time; `null` while only the passage is known. */
export function decisionMoment(scan: ScanRow, passed: PassageMoment): Moment | null {
  if (scan.verdict === null) return null;
  if (scan.decided_by === 'cloud') return scan.at;
  const before = (scan.result_at ?? scan.at) - scan.at;
  const sound = before >= 0 && before <= DECIDED_BEFORE_MS;
  return passed.at - (sound ? before : 0);
}

/** A passage with everything the desk weighs. */
export interface Passage {
  readonly scan: ScanRow;
  readonly passed: PassageMoment;
  readonly decided: Moment | null;
}

export function passageOf(scan: ScanRow, anchor: Anchor | undefined): Passage {
  const passed = passageMoment(scan, anchor);
  return { scan, passed, decided: decisionMoment(scan, passed) };
}

/** The likely order: by time, and for a clock nobody can trust by when the cloud heard of it. */
export function inOrder(passages: readonly Passage[]): Passage[] {
  const key = ({ scan, passed }: Passage) =>
    passed.quality === 'untrusted' ? scan.received : passed.at;
  return [...passages].sort((a, b) => key(a) - key(b) || a.scan.n - b.scan.n);
}
