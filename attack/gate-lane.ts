import type { GatewayEvent, LaneView } from '@gatehouse/gateway';
import { simulatedArduino, simulatedScanner } from '@gatehouse/hardware/simulated';
import { PATIENCE_MS } from '../scripts/patience.ts';
import type { Observer } from './observer.ts';
import type { Paper } from './venue.ts';
import { pause } from './wait.ts';

const ANY_PORT = 'tcp://127.0.0.1:0';
/** The arm turns so long that nobody follows on somebody's heels. */
const ARM_MS = 200;
type Told = Extract<GatewayEvent, { type: 'lane' }>;

/** What became of one guest; `verdict` where the lane said no. */
export type Visit =
  | { readonly came: 'in' | 'walked-off' | 'nowhere' }
  | { readonly came: 'away'; readonly verdict: string; readonly seconds: number };

/** How a guest behaves once the lane is green. */
export interface Manner {
  /** Milliseconds before walking; `undefined` for somebody who turns round. */
  readonly waits?: number | undefined;
}

/** Scanner and turnstile of one lane at the far end of their wires, and who stands there. */
export interface GateLane {
  /** Gives the devices for the gateway's config file. */
  start(): Promise<object>;
  stop(): Promise<void>;
  /** One guest holds a ticket to the scanner, and walks through if the turnstile comes free. */
  visit(paper: Paper, manner?: Manner): Promise<Visit>;
  tell(told: Told): void;
  /** The gateway is gone; whoever waits for an answer gets none. */
  dead(): void;
  alive(): void;
  readonly view: LaneView | undefined;
  readonly isReady: boolean;
}

export function gateLane(seen: Observer, name: () => string): GateLane {
  const scanner = simulatedScanner(ANY_PORT);
  const board = simulatedArduino({
    path: ANY_PORT,
    onChange: ({ free }) => (free.includes('entry') ? opened() : shut()),
  });
  let view: Told | undefined;
  let isDead = true;
  let isFree = false;
  let ticket: string | undefined;
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const look of waiting) look();
  };

  function opened(): void {
    if (!isFree) seen.unlocked.push({ lane: name(), ticket: ticket ?? 'nobody' });
    isFree = true;
    wake();
  }

  function shut(): void {
    isFree = false;
    wake();
  }

  /** Resolves with `false` where the gateway died before it was so. */
  function comes(what: string, isSo: () => boolean): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        waiting.delete(look);
        reject(new Error(`${name()}: no ${what}; ${JSON.stringify(view)}`));
      }, PATIENCE_MS);
      const look = () => {
        if (!isSo() && !isDead) return;
        clearTimeout(late);
        waiting.delete(look);
        resolve(isSo());
      };
      waiting.add(look);
      look();
    });
  }

  async function walk(manner: Manner): Promise<Visit> {
    // who stands in the lane walks on, also when the gateway dies in this moment
    await comes('green light', () => view?.state === 'granted');
    if (manner.waits === undefined) return { came: 'walked-off' };
    await pause(manner.waits);
    const who = ticket as string;
    if (!board.walkThrough('entry')) return { came: 'walked-off' };
    seen.passed.push({ lane: name(), ticket: who });
    await pause(ARM_MS);
    return { came: 'in' };
  }

  return {
    async start() {
      const [path, wire] = [await scanner.start(), await board.start()];
      return {
        scanners: [{ profile: 'generic', path }],
        turnstile: { kind: 'arduino', path: wire },
      };
    },
    async stop() {
      await Promise.all([scanner.stop(), board.stop()]);
    },
    async visit(paper, manner = { waits: 0 }) {
      const free = () => view?.state === 'idle' && !isFree;
      if (!(await comes('free lane', free))) return { came: 'nowhere' };
      const code = await paper.code();
      if (isDead) return { came: 'nowhere' };
      ticket = paper.ticket;
      seen.typed.push({ lane: name(), ticket });
      const before = view;
      let began = false;
      const isAnswer = () => {
        began ||= view !== before;
        const { state, verdict } = view ?? {};
        return began && state !== 'deciding' && state !== 'granted' && verdict !== undefined;
      };
      const at = performance.now();
      await scanner.type(code);
      if (!(await comes('answer', () => isFree || isAnswer()))) return { came: 'nowhere' };
      if (isFree) return walk(manner);
      const seconds = (performance.now() - at) / 1000;
      return { came: 'away', verdict: view?.verdict?.key ?? '', seconds };
    },
    tell(told) {
      view = told;
      wake();
    },
    dead() {
      isDead = true;
      view = undefined;
      wake();
    },
    alive() {
      isDead = false;
    },
    get view() {
      return view;
    },
    get isReady() {
      return view?.state === 'idle' && scanner.connections > 0;
    },
  };
}
