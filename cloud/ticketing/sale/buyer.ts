import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Random } from '../../ports.ts';
import type { SaleChannelTable, Store } from '../../store/index.ts';
import { rowOf } from '../rows.ts';
import { saleError } from '../sale-errors.ts';
import type { Sold } from './sale-store.ts';

/** A guest who is logged in. */
export interface Buyer {
  readonly account: string;
  /** E.164, once the account has proved that it controls it (G1, G2). */
  readonly verifiedPhone: string | null;
}

/**
 * Inside a batch: the number that an account has verified, E.164. What a request said before the
 * batch may have changed by then.
 */
export type VerifiedPhoneOf = (account: string) => string | null;

/** Who is logged in, with the number that is verified now; inside a batch. */
export function buyerNow(buyer: Buyer | null, verifiedPhone: VerifiedPhoneOf): Buyer | null {
  return buyer && { ...buyer, verifiedPhone: verifiedPhone(buyer.account) };
}

/** Says who is logged in; accounts provide it. */
export type BuyerOf = (request: FastifyRequest) => Promise<Buyer | null> | Buyer | null;

/** Where a request comes from. */
export type Channel = 'web' | 'kiosk';

const TOKEN_BYTES = 24;
/** A channel is named by the beginning of its token's digest, which says nothing of the token. */
const ID_HEX = 16;

export const digestOf = (token: string) => createHash('sha256').update(token).digest('hex');
export const newToken = (random: Random) => Buffer.from(random(TOKEN_BYTES)).toString('base64url');

/**
 * Whether this guest may order these tickets on the website (S1).
 * @returns the number that they are bound to; `null` for regular tickets
 * @throws GatehouseError `guest-not-known`, `guest-not-verified`
 */
export function numberFor(sold: Pick<Sold, 'secure'>, buyer: Buyer | null): string | null {
  if (!sold.secure) return null;
  if (!buyer) throw saleError('guest-not-known');
  if (buyer.verifiedPhone === null) throw saleError('guest-not-verified');
  return buyer.verifiedPhone;
}

/** What a channel does not serve does not exist there (P4). */
export function isServed(sold: Pick<Sold, 'secure'>, channel: Channel): boolean {
  return channel !== 'kiosk' || !sold.secure;
}

/** Sales channels other than the website, each with a token of its own. */
export interface Channels {
  /** @throws GatehouseError `channel-unknown` */
  of(request: FastifyRequest): Channel;
  add(
    name: string,
    now: number,
    also?: (id: string) => void,
  ): Promise<{ id: string; token: string }>;
  list(): (Pick<SaleChannelTable, 'name' | 'kind' | 'created'> & { id: string })[];
  /** Its token is good no more; one that is gone already stays so. */
  remove(id: string, also?: () => void): Promise<void>;
}

export function createChannels({ store, random }: { store: Store; random: Random }): Channels {
  const byDigest = store.prepareRead('select * from sale_channels where digest = ?');
  const ID = `substr(digest, 1, ${ID_HEX})`;
  const all = store.prepareRead(
    `select ${ID} as id, name, kind, created from sale_channels order by created`,
  );
  return {
    of(request) {
      const token = request.headers['x-channel'];
      if (token === undefined) return 'web';
      const row = rowOf<SaleChannelTable>(byDigest, digestOf(String(token)));
      if (!row) throw saleError('channel-unknown');
      return row.kind;
    },
    async add(name, now, also) {
      const token = newToken(random);
      const id = digestOf(token).slice(0, ID_HEX);
      await store.batch(() => {
        store
          .prepare('insert into sale_channels values (?, ?, ?, ?)')
          .run(digestOf(token), name, 'kiosk', now);
        also?.(id);
      });
      return { id, token };
    },
    async remove(id, also) {
      await store.batch(() => {
        const gone = store.prepare(`delete from sale_channels where ${ID} = ?`).run(id);
        if (Number(gone.changes) > 0) also?.();
      });
    },
    list: () => all.all() as never,
  };
}
