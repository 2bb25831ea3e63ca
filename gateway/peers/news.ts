import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import {
  DELTAS_AT_ONCE_MAX,
  type Delta,
  DeltaBody,
  type Member,
  signedDeltaText,
} from '@gatehouse/protocol';
import type { Link } from '../link.ts';
import type { Log } from '../log.ts';
import type { TicketStore } from '../tickets/index.ts';
import type { PeerLink } from './peer-link.ts';

/** Deltas kept for other gateways, and their bytes; the oldest falls out. */
const SHELF_MAX = 500;
const SHELF_BYTES_MAX = 8 * 1024 * 1024;

/** Deltas of the cloud: taken in, kept, and passed on to gateways that have not heard them. */
export interface News {
  start(): void;
  stop(): void;
  /** Gateways of the venue by the cloud's last word. */
  readonly members: readonly Member[];
  /** Another gateway tells one. */
  told(gateway: string, delta: Delta): void;
  /** Another gateway asks for what comes after a change. */
  wanted(gateway: string, after: number | null): void;
  /** The newest change that can be told to others. */
  readonly cursor: number | null;
  /** Another gateway says which change it can tell: one that can't hear the cloud asks it. */
  standsAt(gateway: string, cursor: number | null): void;
}

export interface NewsOptions {
  readonly tenant: string;
  readonly venue: string;
  /** Ed25519, base64 of its SPKI; without it no delta is taken in. */
  readonly tenantKey: string | undefined;
  readonly store: TicketStore;
  readonly link: Link;
  readonly peers: PeerLink;
  readonly log: Log;
  /** Whether the cloud is heard. */
  readonly isOnline: () => boolean;
  /** Tickets or members have changed. */
  readonly onChange: () => void;
}

interface Kept {
  readonly delta: Delta;
  readonly body: DeltaBody;
}

export function createNews(options: NewsOptions): News {
  const { store, link, peers, log, onChange } = options;
  const key = options.tenantKey === undefined ? undefined : publicKey(options.tenantKey);
  /** By cursor, in order. */
  let shelf: Kept[] = [];
  let bytes = 0;
  let members = store.kept('members') ?? { cursor: 0, gateways: [] };
  let unhear: () => void = () => undefined;

  function read(delta: Delta): DeltaBody | undefined {
    const text = Buffer.from(signedDeltaText(delta.body));
    if (!key || !verify(null, text, key, Buffer.from(delta.signature, 'base64'))) return undefined;
    const { tenant, venue } = options;
    const body = DeltaBody.safeParse(JSON.parse(delta.body)).data;
    return body?.tenant === tenant && body.venue === venue ? body : undefined;
  }

  /** @param from the gateway that told it, or none for the cloud itself */
  function take(delta: Delta, from?: string): void {
    const body = read(delta);
    if (!body) {
      log.warn({ gateway: from }, 'a delta that is not from the cloud');
      return;
    }
    if (shelf.some((kept) => kept.body.cursor === body.cursor)) return;
    keep({ delta, body });
    apply(body);
    learn(body);
    onChange();
  }

  /** One that came late must not undo what later ones say. */
  function apply(body: DeltaBody): void {
    for (const kept of shelf) {
      if (kept.body.cursor >= body.cursor) store.applyDelta(kept.body);
    }
  }

  function keep(kept: Kept): void {
    shelf = [...shelf, kept].sort((a, b) => a.body.cursor - b.body.cursor);
    bytes += kept.delta.body.length;
    while (shelf.length > SHELF_MAX || bytes > SHELF_BYTES_MAX) {
      bytes -= shelf.shift()?.delta.body.length ?? 0;
    }
  }

  function learn({ cursor, members: gateways }: DeltaBody): void {
    if (cursor < members.cursor) return;
    const isSame = JSON.stringify(gateways) === JSON.stringify(members.gateways);
    members = { cursor, gateways };
    if (!isSame) store.keep('members', members);
  }

  function give(gateway: string, after: number | null): void {
    const later = shelf.filter(({ body }) => body.cursor > (after ?? -1));
    for (const { delta } of later.slice(0, DELTAS_AT_ONCE_MAX)) {
      peers.send(gateway, { type: 'delta', delta });
    }
  }

  return {
    start() {
      unhear = link.hear('delta', (delta) => take(delta));
    },
    stop() {
      unhear();
    },
    get members() {
      return members.gateways;
    },
    get cursor() {
      return shelf.at(-1)?.body.cursor ?? null;
    },
    told: (gateway, delta) => take(delta, gateway),
    wanted: give,
    standsAt(gateway, cursor) {
      if (options.isOnline() || cursor === null) return;
      const own = Math.max(shelf.at(-1)?.body.cursor ?? -1, store.state().cursor ?? -1);
      if (cursor > own) peers.send(gateway, { type: 'want', after: own < 0 ? null : own });
    },
  };
}

function publicKey(spki: string): KeyObject {
  return createPublicKey({ key: Buffer.from(spki, 'base64'), format: 'der', type: 'spki' });
}
