import type {
  HandLane,
  HandMode,
  HandScan,
  HandWorker,
  Overridden,
  Told,
} from '@gatehouse/gateway/parts';
import type { GatewayNode, Place } from './gateway-node.ts';
import type { HandRules } from './hand-rules.ts';
import type { Mutant } from './mutants.ts';
import type { Random } from './random.ts';
import type { Happening, World } from './world.ts';

/** A handheld waits this long for an answer, then asks once more under the same id; as its page. */
const PATIENCE_MS = 2_500;
const GROUP_PATIENCE_MS = 20_000;
const TRIES = 2;

/** The air between a handheld and its gateway. */
export interface Wifi {
  loss: number;
  duplicate: number;
  /** Milliseconds of one way, on average. */
  delay: number;
  cut: boolean;
}

export const GOOD_WIFI: Wifi = { loss: 0.01, duplicate: 0.01, delay: 12, cut: false };

/** What a person wants of the gateway. */
export type Wish =
  | { readonly kind: 'scan'; readonly scan: HandScan }
  | { readonly kind: 'group'; readonly scans: readonly HandScan[] }
  | { readonly kind: 'passes'; readonly scan: HandScan; readonly people: number }
  | { readonly kind: 'override'; readonly override: Overridden }
  | { readonly kind: 'end'; readonly scan: string; readonly passed: boolean }
  | { readonly kind: 'settle'; readonly ticket: string; readonly passed: boolean }
  | { readonly kind: 'mode'; readonly mode: HandMode };

/** What came back: answers, or the stable code of an error; `no-answer` where nothing came. */
export type Answer = { readonly told: readonly Told[] } | { readonly fault: string };

/** A machine of its own in somebody's hand. */
export interface Handheld {
  /** Its id: it is a lane of its gateway. */
  readonly lane: string;
  readonly node: GatewayNode;
  readonly place: Place;
  readonly who: HandWorker;
  readonly wifi: Wifi;
  readonly up: boolean;
  /** Whether its gateway lets it in. */
  readonly paired: boolean;
  pair(): void;
  unpair(): void;
  /** It dies, with all that it was waiting for. */
  die(): void;
  boot(): void;
  /** Asks, and once more under the same id where no answer comes; a dead handheld hears nothing. */
  ask(wish: Wish, done: (answer: Answer) => void): void;
}

export interface HandheldParts {
  readonly world: World;
  readonly random: Random;
  readonly rules: HandRules;
  readonly node: GatewayNode;
  readonly lane: string;
  readonly place: Place;
  readonly who: HandWorker;
  readonly mutant: Mutant | undefined;
}

export function createHandheld(parts: HandheldParts): Handheld {
  const { world, random, rules, node, lane, place, who, mutant } = parts;
  const wifi = { ...GOOD_WIFI };
  /** The machine that it is paired with: another in its place knows nothing of it. */
  let pairedWith: string | undefined = node.id;
  let run: object | undefined = {};

  const drawId = () => scanIdFrom(random);

  function carry(arrive: () => void): void {
    if (wifi.cut || random.chance(wifi.loss)) return;
    const copies = random.chance(wifi.duplicate) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) world.after(1 + random.wait(wifi.delay), arrive);
  }

  /** A request reaches the gateway, if there is one that listens. */
  function arrive(wish: Wish, reply: (answer: Answer) => void): void {
    const here = node.hands();
    if (!here) return;
    if (!hand.paired && !mutant?.keepsUnpaired) {
      reply({ fault: 'handheld-unknown' });
      return;
    }
    const open = here.lanes.open(lane);
    const answered = rules.arrives(hand, open, wish);
    const heard = mutant?.hears?.(wish, drawId) ?? wish;
    const said = perform(open, heard, who).then(
      (told): Answer => ({ told }),
      (error: { code?: string }): Answer => ({ fault: error.code ?? String(error) }),
    );
    void said.then((answer) => {
      if (!here.alive() || node.trap('answer')) return;
      answered(answer);
      reply(answer);
    });
  }

  const hand: Handheld = {
    ...{ lane, node, place, who, wifi },
    get up() {
      return run !== undefined;
    },
    get paired() {
      return pairedWith === node.id;
    },
    pair() {
      pairedWith = node.id;
    },
    unpair() {
      pairedWith = undefined;
      rules.closed(lane);
      if (!mutant?.keepsUnpaired) void node.hands()?.lanes.close(lane);
    },
    die() {
      run = undefined;
    },
    boot() {
      run ??= {};
    },
    ask(wish, done) {
      const mine = run;
      let open = true;
      let timer: Happening | undefined;
      const finish = (answer: Answer) => {
        if (!open) return;
        open = false;
        world.cancel(timer);
        if (mine && run === mine) done(answer);
      };
      const patience =
        wish.kind === 'group' || wish.kind === 'passes' ? GROUP_PATIENCE_MS : PATIENCE_MS;
      const attempt = (tries: number) => {
        if (!open || run !== mine) return;
        carry(() => arrive(wish, (answer) => carry(() => finish(answer))));
        timer = world.after(patience, () =>
          tries < TRIES ? attempt(tries + 1) : finish({ fault: 'no-answer' }),
        );
      };
      attempt(1);
    },
  };
  return hand;
}

async function perform(lane: HandLane, wish: Wish, who: HandWorker): Promise<readonly Told[]> {
  switch (wish.kind) {
    case 'scan':
      return [await lane.scan(wish.scan, who)];
    case 'group':
      return lane.group(wish.scans, who);
    case 'passes':
      return lane.passes(wish.scan, wish.people, who);
    case 'override':
      return [await lane.override(wish.override, who)];
    case 'end':
      return [await lane.end(wish.scan, wish.passed)];
    case 'settle':
      return [await lane.settle(wish.ticket, wish.passed, who)];
    case 'mode':
      lane.setMode(wish.mode);
      return [];
  }
}

/** A UUIDv7 as a handheld draws it. */
export function scanIdFrom(random: Random): string {
  const hex = (bytes: number) => Buffer.from(random.bytes(bytes)).toString('hex');
  return `${hex(4)}-${hex(2)}-7${hex(2).slice(1)}-8${hex(2).slice(1)}-${hex(6)}`;
}
