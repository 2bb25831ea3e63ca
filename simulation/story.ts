import { createHash } from 'node:crypto';

/** Text is hashed in pieces of about so many characters. */
const HASHED_AT_ONCE = 65_536;

/** Something that must never be. */
export interface Violation {
  /** Name of the invariant, as in docs/reliability.md. */
  readonly invariant: string;
  readonly at: number;
  readonly what: string;
}

/** Everything that happened, for people, with a hash that says whether two runs were the same. */
export interface Story {
  /** @param actor a gateway, a lane, a guest, the cloud */
  tell(actor: string, what: string): void;
  /** Tells what went wrong; once for each invariant and what. */
  wrong(invariant: string, what: string): void;
  readonly violations: readonly Violation[];
  readonly lines: readonly string[];
  faults: number;
  scans: number;
  /** Puts what nobody has to read into the hash. */
  mix(what: string): void;
  hash(): string;
}

export function createStory(now: () => number): Story {
  const lines: string[] = [];
  const violations: Violation[] = [];
  const known = new Set<string>();
  const hash = createHash('sha256');
  let unhashed = '';

  function mix(what: string): void {
    unhashed += what;
    if (unhashed.length < HASHED_AT_ONCE) return;
    hash.update(unhashed);
    unhashed = '';
  }

  function tell(actor: string, what: string): void {
    const line = `${clock(now())}  ${actor.padEnd(8)} ${what}`;
    lines.push(line);
    mix(`${line}\n`);
  }

  return {
    tell,
    wrong(invariant, what) {
      const name = `${invariant}: ${what}`;
      if (known.has(name)) return;
      known.add(name);
      violations.push({ invariant, at: now(), what });
      tell('WRONG', name);
    },
    violations,
    lines,
    mix,
    faults: 0,
    scans: 0,
    hash: () => hash.copy().update(unhashed).digest('hex').slice(0, 16),
  };
}

/** Minutes, seconds and milliseconds since the evening began. */
function clock(at: number): string {
  const minutes = String(Math.floor(at / 60_000)).padStart(2, '0');
  return `${minutes}:${((at % 60_000) / 1_000).toFixed(3).padStart(6, '0')}`;
}
