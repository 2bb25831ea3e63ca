import type { Link } from '@gatehouse/gateway/parts';
import type { Delta, Message, NameOf } from '@gatehouse/protocol';
import { decode, encode } from '@gatehouse/protocol/payload';
import type { Mutant } from './mutants.ts';
import type { Happening, World } from './world.ts';

/** A dead session is noticed after this long, at the latest. */
const KEEPALIVE_MS = 22_000;
const RECONNECT_FIRST_MS = 500;
const RECONNECT_MAX_MS = 15_000;
/** Of what is under way when a session ends, this much is in the broker's hands already. */
const SENT_ALREADY = 0.3;
/** Nudges within this time become one, as at the broker. */
const NUDGE_MS = 100;
/** A gateway listens for what the cloud tells by itself so long after its session began. */
const LISTENS_MS = 20;

/** What is wrong with one gateway's wire now. */
export interface Wire {
  loss: number;
  duplicate: number;
  /** Messages may overtake each other. */
  reorder: boolean;
  /** Milliseconds of one way, on average. */
  delay: number;
  cut: 'none' | 'both' | 'up' | 'down';
  /** Its certificate is refused until this moment of the evening. */
  refused: number;
}

export const GOOD_WIRE: Wire = {
  ...{ loss: 0, duplicate: 0, reorder: false, delay: 8 },
  ...{ cut: 'none', refused: 0 },
};

type Answer = <N extends NameOf<'down'>>(name: N, message: Message<'down', N>) => void;
type Receive = (gateway: string, name: NameOf<'up'>, bytes: Uint8Array, answer: Answer) => void;

interface Session {
  readonly gateway: string;
  live: boolean;
  /** Nothing overtakes what was sent before. */
  lastUp: number;
  lastDown: number;
  down(name: NameOf<'down'>, bytes: Uint8Array): void;
}

/** One run of a gateway at its wire. */
export interface WireEnd extends Link {
  /** The process is gone. */
  die(): void;
}

/** All wires between gateways and cloud. */
export interface Network {
  /** The wire of a gateway, new or known. */
  wire(gateway: string): Wire;
  plug(gateway: string, sent: (name: NameOf<'up'>, message: unknown) => void): WireEnd;
  /** The cloud listens, or is gone: then some sessions are reset and others only fall silent. */
  serve(receive: Receive | undefined): void;
  nudge(cursor: number): void;
  /** Gateways that the cloud has a session with. */
  live(): string[];
  /** Who is told of each new session, once the gateway listens. */
  greet: ((gateway: string) => void) | undefined;
  /** Who is told of each signed change that has arrived. */
  told: ((gateway: string, delta: Delta) => void) | undefined;
  /** A signed change for all of these. */
  delta(gateways: readonly string[], delta: Delta): void;
  /** Ends a session that has lost its wire, once its ends notice. */
  noticeCut(gateway: string): void;
  /** All wires are cut until this moment of the evening. */
  outage(until: number): void;
  /** Its session ends, and there is no new one before this moment: Infinity for a revoked one. */
  refuse(gateway: string, until: number): void;
}

export function createNetwork(world: World, mutant: Mutant | undefined): Network {
  const { random } = world;
  const wires = new Map<string, Wire>();
  const sessions = new Map<string, Session>();
  const enders = new Map<string, () => void>();
  let server: Receive | undefined;
  let newest = 0;
  let outage = 0;
  let nudging: Happening | undefined;

  function wireOf(gateway: string): Wire {
    const wire = wires.get(gateway) ?? { ...GOOD_WIRE };
    wires.set(gateway, wire);
    return wire;
  }

  function carry(session: Session, way: 'up' | 'down', arrive: () => void): void {
    const wire = wireOf(session.gateway);
    if (wire.cut === 'both' || wire.cut === way || random.chance(wire.loss)) return;
    const copies = random.chance(wire.duplicate) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      let at = world.now + 1 + random.wait(wire.delay);
      const last = way === 'up' ? 'lastUp' : 'lastDown';
      if (!wire.reorder) at = session[last] = Math.max(at, session[last]);
      const isSent = way === 'up' && random.chance(SENT_ALREADY);
      world.after(at - world.now, () => (session.live || isSent) && arrive());
    }
  }

  function receive(session: Session, name: NameOf<'up'>, bytes: Uint8Array): void {
    const serving = server;
    serving?.(session.gateway, name, bytes, (to, message) => {
      const told = mutant?.down ? mutant.down(session.gateway, to, message) : message;
      if (serving !== server || !session.live || !told) return;
      const answer = encode('down', to, told as never);
      carry(session, 'down', () => session.down(to, answer));
    });
  }

  const network: Network = {
    greet: undefined,
    told: undefined,
    live: () => [...sessions.keys()],
    delta(gateways, delta) {
      const bytes = encode('down', 'delta', delta);
      for (const gateway of gateways) {
        const session = sessions.get(gateway);
        if (!session) continue;
        carry(session, 'down', () => {
          session.down('delta', bytes);
          network.told?.(gateway, delta);
        });
      }
    },
    wire: wireOf,
    plug(gateway, sent) {
      const listeners = new Map<string, Set<(message: never) => void>>();
      const changed = new Set<(connected: boolean) => void>();
      let session: Session | undefined;
      let failures = 0;
      let dead = false;
      let trying: Happening | undefined;

      function later(): void {
        const wait = Math.min(RECONNECT_MAX_MS, RECONNECT_FIRST_MS * 2 ** failures);
        failures = Math.min(failures + 1, 10);
        trying = world.after(wait * random.between(0.5, 1), connect);
      }

      function connect(): void {
        if (dead) return;
        const { cut, refused } = wireOf(gateway);
        if (!server || cut !== 'none' || world.now < Math.max(refused, outage)) {
          later();
          return;
        }
        failures = 0;
        const begun: Session = {
          ...{ gateway, live: true, lastUp: 0, lastDown: 0 },
          down(name, bytes) {
            if (dead) return;
            const message = decode('down', name, bytes);
            for (const listener of listeners.get(name) ?? []) listener(message as never);
          },
        };
        session = begun;
        sessions.set(gateway, begun);
        enders.set(gateway, end);
        world.story.tell(gateway, 'is connected to the cloud');
        for (const listener of changed) listener(true);
        world.after(LISTENS_MS, () => begun.live && network.greet?.(gateway));
      }

      function end(): void {
        if (!session) return;
        session.live = false;
        session = undefined;
        sessions.delete(gateway);
        if (dead) return;
        world.story.tell(gateway, 'has lost the cloud');
        for (const listener of changed) listener(false);
        later();
      }

      trying = world.after(random.between(5, 100), connect);
      return {
        get connected() {
          return session !== undefined;
        },
        send(name, message) {
          if (dead || !session) return false;
          const told = mutant?.up ? mutant.up(gateway, name, message) : message;
          const begun = session;
          if (told) {
            const bytes = encode('up', name, told as never);
            carry(begun, 'up', () => receive(begun, name, bytes));
          }
          sent(name, message);
          return true;
        },
        hear(name, listener) {
          const all = listeners.get(name) ?? new Set();
          listeners.set(name, all);
          all.add(listener as (message: never) => void);
          return () => all.delete(listener as (message: never) => void);
        },
        onChange(listener) {
          changed.add(listener);
          return () => changed.delete(listener);
        },
        die() {
          dead = true;
          world.cancel(trying);
          end();
        },
      };
    },
    serve(next) {
      server = next;
      for (const gateway of [...sessions.keys()]) {
        const session = sessions.get(gateway);
        const notice = random.chance(0.7) ? 20 : random.between(2_000, KEEPALIVE_MS);
        if (next === undefined) {
          world.after(notice, () => session?.live && enders.get(gateway)?.());
        }
      }
    },
    nudge(cursor) {
      newest = Math.max(newest, cursor);
      if (nudging) return;
      nudging = world.after(NUDGE_MS, () => {
        nudging = undefined;
        if (!server) return;
        const bytes = encode('down', 'nudge', { cursor: newest });
        for (const session of sessions.values()) {
          carry(session, 'down', () => session.down('nudge', bytes));
        }
      });
    },
    noticeCut(gateway) {
      const session = sessions.get(gateway);
      world.after(random.between(1_000, KEEPALIVE_MS), () => {
        const isCut = wireOf(gateway).cut !== 'none';
        if (isCut && session?.live) enders.get(gateway)?.();
      });
    },
    outage(until) {
      outage = until;
      if (until <= world.now) return;
      for (const end of [...enders.values()]) end();
    },
    refuse(gateway, until) {
      wireOf(gateway).refused = until;
      enders.get(gateway)?.();
    },
  };
  return network;
}
