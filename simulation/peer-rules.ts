import type { TicketStore } from '@gatehouse/gateway/parts';
import type { DeltaBody } from '@gatehouse/protocol';
import { type Admission, short } from './ledger.ts';
import type { LocalNetwork } from './local-network.ts';
import type { PeerView, PeerViews } from './peer-views.ts';
import type { World } from './world.ts';

/** How often it is looked whether gateways hear each other as they should. */
const LOOK_MS = 250;
/** A split is noticed, and news is passed on, within this time; a little for drifting clocks. */
const WITHIN_MS = 1_010;
/** Between what a gateway says of itself and what it writes into a row. */
const SAME_MOMENT_MS = 20;
/** Two minutes, by clocks that may run a little too fast. */
const SILENT_MS = 118_000;

export interface PeerSight {
  readonly local: LocalNetwork | undefined;
  readonly views: PeerViews;
  store(gateway: string): TicketStore | undefined;
}

/** What must be true of gateways that hear each other; named in docs/reliability.md. */
export interface PeerRules {
  start(): void;
  /** An admission is on disk. */
  intent(admission: Admission): void;
  opened(admission: Admission): void;
  /** A delta was taken in. */
  told(gateway: string, body: DeltaBody): void;
  /** With whom an admission's gateway heard each other when it was written down. */
  readonly among: ReadonlyMap<Admission, Company>;
}

/** Who heard each other at an admission. */
export interface Company {
  /** By gateway: since when they have heard each other. */
  readonly mutual: ReadonlyMap<string, number>;
  /** By gateway: since when messages go quickly both ways. */
  readonly quick: ReadonlyMap<string, number>;
}

interface Listed {
  readonly gateways: ReadonlySet<string>;
  readonly active: ReadonlySet<string>;
  readonly text: string;
  /** Run and number of its news by which it was read. */
  readonly version: string;
  readonly since: number;
}

export function createPeerRules(world: World, sight: PeerSight): PeerRules {
  const { story } = world;
  const { views, local } = sight;
  const lists = new Map<string, Listed>();
  const among = new Map<Admission, Company>();

  /** Whom a gateway believes to belong to its venue, and since when. */
  function listed(gateway: string): Listed | undefined {
    const store = sight.store(gateway);
    if (!store) return undefined;
    const { since, news } = views.of(gateway) ?? { since: 0, news: [] };
    const version = `${since}/${news.length}`;
    const last = lists.get(gateway);
    if (last?.version === version) return last;
    const known = store.kept('members')?.gateways ?? [];
    const text = known.map(({ gateway: id, active }) => `${id}${active}`).join();
    const gateways = new Set(known.map(({ gateway: id }) => id));
    const active = new Set(known.filter((one) => one.active).map(({ gateway: id }) => id));
    const begins = last?.text === text ? last.since : world.now;
    const now = { gateways, active, text, version, since: begins };
    lists.set(gateway, now);
    return now;
  }

  function look(): void {
    for (const [gateway, view] of views.running) {
      const list = listed(gateway);
      if (!list || !local) continue;
      const known = world.now - list.since;
      if (known > LOOK_MS) shutOut(gateway, list, local);
      if (Math.min(known, world.now - view.since) > WITHIN_MS) noticed(gateway, view, list, local);
      passedOn(gateway, view, local);
    }
    world.after(LOOK_MS, look, true);
  }

  /** Who is not on the list has no session. */
  function shutOut(gateway: string, { gateways }: Listed, net: LocalNetwork): void {
    for (const other of net.sessions(gateway)) {
      if (gateways.has(other)) continue;
      story.wrong('revoked-shut-out', `${gateway} has a session with ${other}, not on its list`);
    }
  }

  /** Who is cut off is missed. */
  function noticed(gateway: string, view: PeerView, { active }: Listed, net: LocalNetwork): void {
    for (const other of active) {
      if (other === gateway || view.stopped.has(other) || view.missing.has(other)) continue;
      if (world.now - net.cutSince(gateway, other) <= WITHIN_MS) continue;
      story.wrong('split-noticed', `${gateway} does not miss ${other}, from which it is cut off`);
    }
  }

  /** What a gateway can tell of the cloud, those without the cloud that hear it know. */
  function passedOn(gateway: string, view: PeerView, net: LocalNetwork): void {
    const before = world.now - WITHIN_MS;
    if (view.uplink === 'connected' || view.uplinkSince > before) return;
    const cursor = sight.store(gateway)?.state().cursor ?? null;
    if (cursor === null) return;
    const known = Math.max(cursor, view.news.at(-1)?.cursor ?? 0);
    for (const [other, since] of view.heard) {
      const there = views.of(other);
      const back = there?.heard.get(gateway) ?? Number.POSITIVE_INFINITY;
      if (!there || Math.max(since, back, net.whole(gateway, other)) > before) continue;
      const newest = there.news.findLast(({ at }) => at <= before)?.cursor ?? 0;
      if (newest <= known) continue;
      story.wrong('news-passed-on', `${gateway} is at ${known}, ${other} can tell ${newest}`);
    }
  }

  function keep(admission: Admission, { heard }: PeerView): void {
    const { gateway } = admission;
    const mutual = new Map<string, number>();
    const quick = new Map<string, number>();
    for (const [other, since] of heard) {
      const back = views.of(other)?.heard.get(gateway);
      if (back !== undefined) mutual.set(other, Math.max(since, back));
      if (local) quick.set(other, local.whole(gateway, other));
    }
    among.set(admission, { mutual, quick });
  }

  return {
    among,
    start: look,
    intent(admission) {
      const { gateway, lane, intent, asked } = admission;
      const view = views.of(gateway);
      if (!view) return;
      const { heard = {}, split = false } = intent;
      for (const [other, { epoch, seq }] of Object.entries(heard)) {
        if (views.told(gateway, other, epoch) >= seq) continue;
        story.wrong('heard-true', `${lane} says it has heard ${other} up to ${epoch}/${seq}`);
      }
      keep(admission, view);
      // An exit is told before anybody is asked, and may be written down long after.
      if (intent.direction === 'exit') return;
      if (view.splitSince > asked - SAME_MOMENT_MS) return;
      if (split === view.missing.size > 0) return;
      const what = split ? 'says the venue is split' : 'does not say that the venue is split';
      story.wrong('split-written', `${lane} ${what} for ${short(intent.ticket)}`);
    },
    opened({ gateway, lane, intent, durable }) {
      const open = views.of(gateway)?.open.get(intent.ticket ?? '') ?? new Map<string, number>();
      for (const [scan, since] of open) {
        if (since >= durable || scan === intent.scanId) continue;
        // A person may set aside what fell silent two minutes ago.
        if (intent.verdict.key === 'override' && world.now - since > SILENT_MS) continue;
        const what = `${lane} opened for ${short(intent.ticket)} on which another grant is open`;
        story.wrong('grant-respected', what);
      }
    },
    told(gateway, { cursor, tickets, secure }) {
      const store = sight.store(gateway);
      const at = store?.state().cursor ?? null;
      const isNewest = views.of(gateway)?.news.at(-1)?.cursor === cursor;
      if (!store || at === null || at > cursor || !isNewest) return;
      for (const { id, status } of [...tickets, ...secure]) {
        const here = store.status(id);
        if (here === undefined || here === status) continue;
        story.wrong('news-applied', `${gateway} was told that ${short(id)} is ${status}`);
      }
    },
  };
}
