import type { PeerLink } from '@gatehouse/gateway/parts';
import { PeerMessage, type PeerMessageOf } from '@gatehouse/protocol';
import type { Mutant } from './mutants.ts';
import type { Happening, World } from './world.ts';

/** Milliseconds of one way between two gateways, on average. */
export const LOCAL_DELAY_MS = 1;
/** The first try after a lost session; each further one waits twice as long. */
const AGAIN_FIRST_MS = 250;
const AGAIN_MAX_MS = 5_000;
/** From dialling to a session: TLS and the question for it. */
const HANDSHAKE_MS = 15;
/** What a cut has held up is sent again so long after it ends, at most. */
const SENT_AGAIN_MS = 400;

/** One run of a gateway at the local network. */
export interface LocalEnd extends PeerLink {
  /** The process is gone; without power nobody at the other ends is told. */
  die(power: boolean): void;
}

export interface LocalListener {
  /** These rows have arrived. */
  rows(from: string, to: string, message: PeerMessageOf<'rows'>): void;
  /** So has this change of the cloud's, and it has been looked at. */
  delta(to: string, message: PeerMessageOf<'delta'>): void;
  /** Somebody asks this gateway as a ticket's home; true when it has died at that. */
  asked(home: string): boolean;
}

/** The network between the gateways of a venue. */
export interface LocalNetwork {
  plug(gateway: string): LocalEnd;
  /** From now on nothing gets from one to the other; sessions only fall silent. */
  cut(from: string, to: string): void;
  mend(from: string, to: string): void;
  /** Everything is whole and quick again. */
  repair(): void;
  /** Milliseconds that each way from and to this gateway takes more, on average. */
  slow(gateway: string, milliseconds: number): void;
  /** All sessions of a gateway are reset. */
  reset(gateway: string): void;
  /** Since when messages go both ways between two gateways, quickly; Infinity while they do not. */
  whole(one: string, other: string): number;
  /** Since when nothing goes at least one way; Infinity while it does. */
  cutSince(one: string, other: string): number;
  /** A gateway hears this as if another had said it; false where it has no session. */
  inject(to: string, message: PeerMessage): boolean;
  /** Gateways with which this one has a session now. */
  sessions(gateway: string): string[];
}

interface Session {
  readonly pair: readonly string[];
  /** Ends for which it is up. */
  readonly up: Set<string>;
  /** By receiving end: nothing overtakes what was sent before. */
  readonly last: Map<string, number>;
  /** By receiving end: held up by a cut. */
  readonly held: Map<string, (() => void)[]>;
}

interface End {
  readonly gateway: string;
  admitted: readonly string[];
  alive: boolean;
  readonly sessions: Map<string, Session>;
  readonly dials: Map<string, { failures: number; timer: Happening | undefined }>;
  readonly hear: Set<(gateway: string, message: PeerMessage) => void>;
  readonly changed: Set<(gateway: string, connected: boolean) => void>;
}

interface Way {
  cut: boolean;
  /** When that changed last. */
  since: number;
}

export function createLocalNetwork(
  world: World,
  listener: LocalListener,
  mutant: Mutant | undefined,
): LocalNetwork {
  const { random } = world;
  const ends = new Map<string, End>();
  const ways = new Map<string, Way>();
  const slowness = new Map<string, { by: number; since: number }>();
  const open = new Set<Session>();

  function way(from: string, to: string): Way {
    const name = `${from}>${to}`;
    const known = ways.get(name) ?? { cut: false, since: Number.NEGATIVE_INFINITY };
    ways.set(name, known);
    return known;
  }

  const slownessOf = (gateway: string) => slowness.get(gateway)?.by ?? 0;

  /** In order and without loss: what meets a cut waits for its end, or for that of the session. */
  function carry(session: Session, ends: Ends, arrive: () => void, routine = false): void {
    const { from, to } = ends;
    const delay = LOCAL_DELAY_MS + slownessOf(from) + slownessOf(to);
    const at = Math.max(world.now + 0.2 + random.wait(delay), session.last.get(to) ?? 0);
    session.last.set(to, at);
    const pass = () => {
      const held = session.held.get(to);
      if (held) held.push(arrive);
      else if (way(from, to).cut) session.held.set(to, [arrive]);
      else arrive();
    };
    world.after(at - world.now, pass, routine);
  }

  function sendAgain(from: string, to: string): void {
    for (const session of open) {
      const { pair, held } = session;
      if (!pair.includes(from) || !pair.includes(to) || !held.has(to)) continue;
      world.after(random.between(1, SENT_AGAIN_MS), () => {
        if (way(from, to).cut) return;
        const waiting = held.get(to) ?? [];
        held.delete(to);
        for (const arrive of waiting) arrive();
      });
    }
  }

  function begin(end: End, other: string, session: Session): void {
    if (end.sessions.has(other)) close(end, other, end.sessions.get(other) as Session, false);
    end.sessions.set(other, session);
    session.up.add(end.gateway);
    stopDial(end, other);
    for (const told of end.changed) told(other, true);
  }

  /** @param say whether the other end is told */
  function close(end: End, other: string, session: Session, say: boolean): void {
    session.up.delete(end.gateway);
    if (session.up.size === 0) open.delete(session);
    if (say) {
      carry(session, { from: end.gateway, to: other }, () => {
        const there = ends.get(other);
        if (there && session.up.has(other)) close(there, end.gateway, session, false);
      });
    }
    if (end.sessions.get(other) !== session) return;
    end.sessions.delete(other);
    if (!end.alive) return;
    for (const told of end.changed) told(other, false);
    dialLater(end, other, 0);
  }

  function stopDial(end: End, other: string): void {
    world.cancel(end.dials.get(other)?.timer);
    end.dials.delete(other);
  }

  function dialLater(end: End, other: string, failures: number): void {
    stopDial(end, other);
    if (!end.alive || !end.admitted.includes(other)) return;
    const wait = Math.min(AGAIN_MAX_MS, AGAIN_FIRST_MS * 2 ** failures) * random.between(0.5, 1);
    end.dials.set(other, { failures, timer: world.after(wait, () => dial(end, other), true) });
  }

  function dial(end: End, other: string): void {
    const { failures = 0 } = end.dials.get(other) ?? {};
    const { gateway } = end;
    if (!end.alive || end.sessions.has(other) || !end.admitted.includes(other)) return;
    dialLater(end, other, Math.min(failures + 1, 10));
    const there = ends.get(other);
    if (!there?.alive || !there.admitted.includes(gateway)) return;
    if (way(gateway, other).cut || way(other, gateway).cut) return;
    const session: Session = {
      ...{ pair: [gateway, other], up: new Set([gateway, other]) },
      ...{ last: new Map(), held: new Map() },
    };
    world.after(random.between(5, HANDSHAKE_MS), () => {
      const isWanted = end.alive && there.alive && there.admitted.includes(gateway);
      if (!isWanted || end.sessions.has(other)) return;
      open.add(session);
      session.up.delete(gateway);
      carry(session, { from: other, to: gateway }, () => {
        const isGood = end.alive && !end.sessions.has(other) && end.admitted.includes(other);
        if (isGood && session.up.has(other)) begin(end, other, session);
        else close(end, other, session, true);
      });
      // Its first words come after.
      begin(there, gateway, session);
    });
  }

  function send(end: End, to: string, message: PeerMessage): boolean {
    const session = end.sessions.get(to);
    if (!end.alive || !session) return false;
    const told = mutant?.tells ? mutant.tells(end.gateway, message) : message;
    const own = mutant?.answers?.(message);
    if (own) {
      world.after(LOCAL_DELAY_MS, () => {
        if (end.alive && end.sessions.has(to)) for (const hear of end.hear) hear(to, own);
      });
    }
    if (!told) return true;
    const isBeat = told.type === 'beat';
    // Beats are most of what is said: these go as they are.
    const text = isBeat ? '' : JSON.stringify(told);
    const arrive = () => {
      const there = ends.get(to);
      if (!there?.alive || !session.up.has(to)) return;
      if (told.type === 'reserve' && listener.asked(to)) return;
      if (told.type === 'rows') listener.rows(end.gateway, to, told);
      const heard = isBeat ? told : PeerMessage.parse(JSON.parse(text));
      for (const hear of there.hear) hear(end.gateway, heard);
      if (told.type === 'delta') listener.delta(to, told);
    };
    carry(session, { from: end.gateway, to }, arrive, isBeat);
    return true;
  }

  function admit(end: End, gateways: readonly string[]): void {
    const all = mutant?.admits ? mutant.admits(end.admitted, gateways) : gateways;
    end.admitted = all;
    for (const [other, session] of [...end.sessions]) {
      if (!all.includes(other)) close(end, other, session, true);
    }
    for (const other of [...end.dials.keys()]) if (!all.includes(other)) stopDial(end, other);
    for (const other of all) {
      const isKnown = other === end.gateway || end.sessions.has(other) || end.dials.has(other);
      if (!isKnown) dialLater(end, other, 0);
    }
  }

  function change(from: string, to: string, cut: boolean): void {
    const one = way(from, to);
    if (one.cut === cut) return;
    Object.assign(one, { cut, since: world.now });
    if (!cut) sendAgain(from, to);
  }

  const network: LocalNetwork = {
    plug(gateway) {
      const end: End = {
        ...{ gateway, admitted: [], alive: true, sessions: new Map(), dials: new Map() },
        ...{ hear: new Set(), changed: new Set() },
      };
      ends.set(gateway, end);
      return linkOf(end);
    },
    cut: (from, to) => change(from, to, true),
    mend: (from, to) => change(from, to, false),
    repair() {
      for (const name of ways.keys()) {
        const [from = '', to = ''] = name.split('>');
        change(from, to, false);
      }
      for (const gateway of slowness.keys()) network.slow(gateway, 0);
    },
    slow: (gateway, by) => void slowness.set(gateway, { by, since: world.now }),
    reset(gateway) {
      const end = ends.get(gateway);
      for (const [other, session] of [...(end?.sessions ?? [])]) {
        close(end as End, other, session, true);
      }
    },
    whole(one, other) {
      const [there, back] = [way(one, other), way(other, one)];
      const isSlow = slownessOf(one) + slownessOf(other) > 0;
      if (there.cut || back.cut || isSlow) return Number.POSITIVE_INFINITY;
      const slow = [one, other].map((end) => slowness.get(end)?.since ?? Number.NEGATIVE_INFINITY);
      return Math.max(there.since, back.since, ...slow);
    },
    cutSince(one, other) {
      const cuts = [way(one, other), way(other, one)].filter(({ cut }) => cut);
      return Math.min(...cuts.map(({ since }) => since));
    },
    inject(to, message) {
      const end = ends.get(to);
      const [from] = end?.sessions.keys() ?? [];
      if (!end?.alive || from === undefined) return false;
      for (const hear of end.hear) hear(from, message);
      return true;
    },
    sessions: (gateway) => [...(ends.get(gateway)?.sessions.keys() ?? [])],
  };

  function linkOf(end: End): LocalEnd {
    return {
      get connected() {
        return [...end.sessions.keys()];
      },
      send: (to, message) => send(end, to, message),
      hear(hear) {
        end.hear.add(hear);
        return () => end.hear.delete(hear);
      },
      onChange(told) {
        end.changed.add(told);
        return () => end.changed.delete(told);
      },
      admit: (gateways) => admit(end, gateways),
      renew(other) {
        const session = end.sessions.get(other);
        if (session) close(end, other, session, true);
      },
      die(power) {
        if (!end.alive) return;
        end.alive = false;
        for (const other of [...end.dials.keys()]) stopDial(end, other);
        for (const [other, session] of [...end.sessions]) close(end, other, session, !power);
      },
    };
  }

  return network;
}

interface Ends {
  readonly from: string;
  readonly to: string;
}
