import { PeerMessage } from '@gatehouse/protocol';
import type { PeerLink } from '../peers/peer-link.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** Until a session that has ended is tried again. */
const AGAIN_MS = 100;

/** The local network between gateways, on virtual time. */
export interface PeerHub {
  link(gateway: string): PeerLink & { die(): void };
  /** From now on nothing gets from one to the other; sessions only fall silent. */
  cut(one: string, other: string): void;
  mend(one: string, other: string): void;
  /** Milliseconds of one way. */
  delay: number;
  /** Messages that were carried, by type. */
  readonly carried: Map<string, number>;
}

interface End {
  readonly gateway: string;
  admitted: readonly string[];
  readonly sessions: Map<string, { live: boolean }>;
  hear: Set<(gateway: string, message: PeerMessage) => void>;
  changed: Set<(gateway: string, connected: boolean) => void>;
}

export function peerHub(clock: VirtualClock): PeerHub {
  const ends = new Map<string, End>();
  const cuts = new Set<string>();
  const pair = (one: string, other: string) => [one, other].sort().join('|');

  const hub: PeerHub = {
    delay: 1,
    carried: new Map(),
    cut: (one, other) => void cuts.add(pair(one, other)),
    mend: (one, other) => void cuts.delete(pair(one, other)),
    link(gateway) {
      const end: End = {
        ...{ gateway, admitted: [], sessions: new Map(), hear: new Set(), changed: new Set() },
      };
      ends.set(gateway, end);
      return {
        get connected() {
          return [...end.sessions.keys()];
        },
        send(to, message) {
          const session = end.sessions.get(to);
          if (!session) return false;
          const text = JSON.stringify(message);
          if (cuts.has(pair(gateway, to))) return true;
          hub.carried.set(message.type, (hub.carried.get(message.type) ?? 0) + 1);
          clock.setTimeout(() => {
            if (!session.live || cuts.has(pair(gateway, to))) return;
            const told = PeerMessage.parse(JSON.parse(text));
            for (const listener of ends.get(to)?.hear ?? []) listener(gateway, told);
          }, hub.delay);
          return true;
        },
        hear(listener) {
          end.hear.add(listener);
          return () => end.hear.delete(listener);
        },
        onChange(listener) {
          end.changed.add(listener);
          return () => end.changed.delete(listener);
        },
        admit(gateways) {
          end.admitted = gateways;
          for (const other of [...end.sessions.keys()]) {
            if (!gateways.includes(other)) close(gateway, other);
          }
          for (const other of gateways) connect(gateway, other);
        },
        renew(other) {
          close(gateway, other);
          clock.setTimeout(() => connect(gateway, other), AGAIN_MS);
        },
        die() {
          for (const other of [...end.sessions.keys()]) close(gateway, other);
          end.admitted = [];
          ends.delete(gateway);
        },
      };
    },
  };

  function connect(one: string, other: string): void {
    const [a, b] = [ends.get(one), ends.get(other)];
    if (!a?.admitted.includes(other) || a.sessions.has(other)) return;
    if (!b?.admitted.includes(one) || cuts.has(pair(one, other))) {
      clock.setTimeout(() => connect(one, other), AGAIN_MS);
      return;
    }
    const session = { live: true };
    a.sessions.set(other, session);
    b.sessions.set(one, session);
    for (const listener of a.changed) listener(other, true);
    for (const listener of b.changed) listener(one, true);
  }

  function close(one: string, other: string): void {
    const session = ends.get(one)?.sessions.get(other);
    if (!session) return;
    session.live = false;
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      if (!ends.get(from)?.sessions.delete(to)) continue;
      for (const listener of ends.get(from)?.changed ?? []) listener(to, false);
    }
  }

  return hub;
}
