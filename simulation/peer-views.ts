import type { GatewayEvent } from '@gatehouse/gateway/parts';
import type { Delta, DeltaBody, JournalBody, PeerMessageOf } from '@gatehouse/protocol';
import type { World } from './world.ts';

/** What one run of a gateway says of the others, and what it was told. */
export interface PeerView {
  /** When this run began to decide. */
  readonly since: number;
  /** By gateway: since when it is heard, or missed. */
  heard: ReadonlyMap<string, number>;
  missing: ReadonlyMap<string, number>;
  /** Since when `missing` is as empty as it is, or as full. */
  splitSince: number;
  uplink: string;
  uplinkSince: number;
  /** This run has had the cloud. */
  wasConnected: boolean;
  /** The newest delta that this run was told, and when it had each. */
  readonly news: { cursor: number; at: number }[];
  /** By ticket: grants of others of whose intent it was told, and of no end; and since when. */
  readonly open: Map<string, Map<string, number>>;
  /** Gateways that said last that they stop. */
  readonly stopped: Set<string>;
}

/** What gateways believe of each other, and what each was really told. */
export interface PeerViews {
  of(gateway: string): PeerView | undefined;
  readonly running: ReadonlyMap<string, PeerView>;
  /** A run of it has begun to decide. */
  begins(gateway: string): void;
  event(gateway: string, event: GatewayEvent): void;
  ended(gateway: string): void;
  rows(from: string, to: string, message: PeerMessageOf<'rows'>): void;
  /** @returns what it says, for whoever looks whether it was taken in */
  delta(to: string, delta: Delta): DeltaBody;
  /** The last row of that journal that this gateway, in any run, was ever told. */
  told(gateway: string, from: string, epoch: string): number;
}

export function createPeerViews(world: World): PeerViews {
  const running = new Map<string, PeerView>();
  const told = new Map<string, number>();
  const bodies = new Map<string, DeltaBody>();

  function viewOf(gateway: string): PeerView {
    const known = running.get(gateway);
    if (known) return known;
    const view: PeerView = {
      ...{ since: world.now, heard: new Map(), missing: new Map(), splitSince: world.now },
      ...{
        uplink: '',
        uplinkSince: world.now,
        wasConnected: false,
        news: [],
        open: new Map(),
        stopped: new Set(),
      },
    };
    running.set(gateway, view);
    return view;
  }

  /** Keeps since when for those that were there already. */
  function since(before: ReadonlyMap<string, number>, now: readonly string[]) {
    return new Map(now.map((gateway) => [gateway, before.get(gateway) ?? world.now]));
  }

  function follow(view: PeerView, from: string, body: JournalBody): void {
    if (body.kind === 'event' && body.event === 'stopped') view.stopped.add(from);
    else view.stopped.delete(from);
    const { ticket, scanId } = body;
    if (ticket === undefined || scanId === undefined || body.direction === 'exit') return;
    const open = view.open.get(ticket) ?? new Map<string, number>();
    view.open.set(ticket, open);
    if (body.kind === 'intent') open.set(scanId, world.now);
    if (body.kind === 'result' && body.result !== 'unsettled') open.delete(scanId);
  }

  return {
    of: (gateway) => running.get(gateway),
    running,
    begins: (gateway) => void viewOf(gateway),
    event(gateway, event) {
      if (event.type === 'uplink') {
        const view = viewOf(gateway);
        Object.assign(view, { uplink: event.state, uplinkSince: world.now });
        view.wasConnected ||= event.state === 'connected';
      }
      if (event.type !== 'peers') return;
      const view = viewOf(gateway);
      const was = view.missing.size > 0;
      view.heard = since(view.heard, event.heard);
      view.missing = since(view.missing, event.missing);
      if (was !== view.missing.size > 0) view.splitSince = world.now;
      const missed = event.missing.length > 0 ? `, misses ${event.missing.join(' ')}` : '';
      world.story.tell(gateway, `hears ${event.heard.join(' ') || 'nobody'}${missed}`);
    },
    ended: (gateway) => void running.delete(gateway),
    rows(from, to, { epoch, rows }) {
      const name = `${to}<${from}/${epoch}`;
      const view = viewOf(to);
      for (const { seq, body } of rows) {
        told.set(name, Math.max(seq, told.get(name) ?? 0));
        follow(view, from, JSON.parse(body) as JournalBody);
      }
    },
    delta(to, { body: text }) {
      const body = bodies.get(text) ?? (JSON.parse(text) as DeltaBody);
      bodies.set(text, body);
      // It listens once its parts have started.
      const { news } = running.get(to) ?? { news: [] as PeerView['news'] };
      const newest = news.at(-1)?.cursor ?? -1;
      if (body.cursor > newest) news.push({ cursor: body.cursor, at: world.now });
      return body;
    },
    told: (gateway, from, epoch) => told.get(`${gateway}<${from}/${epoch}`) ?? 0,
  };
}
