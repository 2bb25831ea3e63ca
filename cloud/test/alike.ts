import type { FastifyInstance, InjectOptions } from 'fastify';

/** Requests whose senders must not learn which kind they are, by name. */
export type Kinds = Readonly<Record<string, (n: number) => InjectOptions>>;

export interface Asked {
  /** All different answers without what changes by itself; one where nothing can be told apart. */
  readonly faces: Readonly<Record<string, readonly string[]>>;
  /** Milliseconds, in the order asked. */
  readonly times: Readonly<Record<string, readonly number[]>>;
}

/** Of two kinds whose times come from one source, one pair in so many looks otherwise by chance. */
export const P_LEAST = 0.01;
const WARM = 60;
/** Between two requests, so that what follows on one does not fall into the next one's time. */
const breathe = () => new Promise((done) => setImmediate(done));

/**
 * Asks each kind the same number of times, in rounds of random order: whatever else the machine
 * does then slows all of them alike.
 */
export async function askInterleaved(
  server: FastifyInstance,
  kinds: Kinds,
  each: number,
): Promise<Asked> {
  const names = Object.keys(kinds);
  const faces = new Map(names.map((name) => [name, new Set<string>()]));
  const times = new Map(names.map((name) => [name, [] as number[]]));
  for (let n = -WARM; n < each; n++) {
    for (const name of shuffled(names)) {
      const request = kinds[name]?.((n + each) % each) as InjectOptions;
      await breathe();
      const began = performance.now();
      const answer = await server.inject(request);
      const took = performance.now() - began;
      const { date, ...headers } = answer.headers;
      faces.get(name)?.add(faceOf(answer.statusCode, headers, answer.body));
      if (n >= 0) times.get(name)?.push(took);
    }
  }
  return {
    faces: Object.fromEntries([...faces].map(([name, found]) => [name, [...found]])),
    times: Object.fromEntries(times),
  };
}

/**
 * The pairs of kinds whose times differ. Of every hundred pairs without any difference one looks as
 * if it had one, so such a pair is asked anew: a real difference is there again, chance is not.
 */
export async function toldApart(
  ask: () => Promise<Asked>,
  first?: Asked,
): Promise<readonly string[]> {
  const found = differing((first ?? (await ask())).times);
  if (found.length === 0) return [];
  const again = differing((await ask()).times);
  return found.filter((pair) => again.includes(pair));
}

function differing(times: Asked['times']): string[] {
  const names = Object.keys(times);
  return names.flatMap((one, at) =>
    names
      .slice(at + 1)
      .filter((other) => rankTest(times[one] ?? [], times[other] ?? []) <= P_LEAST)
      .map((other) => `${one} and ${other}`),
  );
}

/** A secret in a cookie is as long each time; everything else of an answer has to be the same. */
function faceOf(status: number, headers: object, body: string): string {
  const plain = JSON.stringify(headers).replace(
    /(gatehouse-[\w-]+=)([\w-]+)/g,
    (_, name, value) => `${name}${'*'.repeat(value.length)}`,
  );
  return `${status} ${plain} ${body}`;
}

function shuffled(names: readonly string[]): string[] {
  const all = [...names];
  for (let at = all.length - 1; at > 0; at--) {
    const other = Math.floor(Math.random() * (at + 1));
    [all[at], all[other]] = [all[other] as string, all[at] as string];
  }
  return all;
}

/**
 * Mann and Whitney's test: how likely two samples of one source differ in rank as much as these.
 * By the normal approximation, with its correction for ties; for 20 and more of each.
 */
export function rankTest(one: readonly number[], other: readonly number[]): number {
  const all = [...one.map((value) => ({ value, first: true }))].concat(
    other.map((value) => ({ value, first: false })),
  );
  all.sort((a, b) => a.value - b.value);
  let ranks = 0;
  let ties = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (to < all.length && all[to]?.value === all[from]?.value) to++;
    const shared = (from + 1 + to) / 2;
    for (let at = from; at < to; at++) if (all[at]?.first) ranks += shared;
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  const [n, m, both] = [one.length, other.length, all.length];
  const above = ranks - (n * (n + 1)) / 2;
  const spread = Math.sqrt(((n * m) / 12) * (both + 1 - ties / (both * (both - 1))));
  if (spread === 0) return 1;
  return 2 * tail(Math.max(0, Math.abs(above - (n * m) / 2) - 0.5) / spread);
}

/** Share of the normal distribution above z, to seven digits (Abramowitz and Stegun 26.2.17). */
function tail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const [a, b, c, d, e] = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const sum = t * (a + t * (b + t * (c + t * (d + t * e))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}
