import type { Moment } from '@gatehouse/protocol';
import type { z } from 'zod';
import type { Also } from '../../change-log.ts';
import type { Clock, Random } from '../../ports.ts';
import type { Store } from '../../store/index.ts';
import type { Halls } from '../halls/hall-store.ts';
import { findPerformance } from '../performance-store.ts';
import type { Ticketing } from '../ticketing.ts';
import { createExtras, type Extra, type Extras, type NewExtra, type NewExtras } from './extras.ts';
import type { Missing, NewType, NewTypes, SurchargeBody } from './sale.ts';
import type { SecureChecks } from './sale-readiness.ts';
import { createSaleDesk, type SaleDesk, type SettingsView } from './sale-settings.ts';
import { createSaleStore, type SaleStore, type Sold } from './sale-store.ts';

/** Where a performance is in its sale. */
export type SaleState = 'announced' | 'soon' | 'open' | 'closed';

export interface SaleParts {
  readonly store: Store;
  readonly ticketing: Ticketing;
  readonly halls: Halls;
  readonly clock: Clock;
  readonly random: Random;
  readonly checks: SecureChecks;
  /** A demonstration sells secure tickets without SMS and portal host (P10). */
  readonly demonstration: boolean;
}

type Types = z.infer<typeof NewTypes>['types'];
type Surcharges = z.infer<typeof SurchargeBody>['surcharges'];
type ListedExtra = Omit<Extra, 'performance'>;

/** How performances are sold: settings, ticket types, prices, and whether sale may start. */
export interface Sales {
  readonly store: SaleStore;
  readonly extras: Extras;
  settings(performance: string): Promise<SettingsView>;
  /** @param also in the same transaction, as with all that changes below */
  change: SaleDesk['change'];
  types(performance: string): Promise<Types>;
  putTypes(
    performance: string,
    body: z.infer<typeof NewTypes>,
    also?: Also<readonly z.infer<typeof NewType>[]>,
  ): Promise<void>;
  extrasOf(performance: string): Promise<ListedExtra[]>;
  putExtras(
    performance: string,
    body: z.infer<typeof NewExtras>,
    also?: Also<readonly z.infer<typeof NewExtra>[]>,
  ): Promise<void>;
  /** Those set for this performance alone, or for all. */
  surchargesOf(performance: string | null): Promise<Surcharges>;
  putSurcharges(
    performance: string | null,
    body: z.infer<typeof SurchargeBody>,
    also?: Also<Surcharges>,
  ): Promise<void>;
  /** What is missing before sale can start. */
  missing(performance: string): Promise<Missing[]>;
  /** What a secure performance still lacks (P10). */
  secureMissing(): Promise<Missing[]>;
  /**
   * A copy with settings, types, prices and extras; never sales or the national number (P6).
   * @param series other than the one of the performance
   */
  duplicate(
    performance: string,
    starts: Moment,
    series?: string,
    also?: (copy: string) => void,
  ): Promise<{ id: string }>;
}

/** Where a performance is in its sale at a moment. */
export function saleState(sold: Sold, now: Moment): SaleState {
  const until = sold.saleUntil ?? sold.ends ?? sold.starts;
  if (now >= until) return 'closed';
  if (!sold.open) return 'announced';
  return sold.saleFrom !== null && now < sold.saleFrom ? 'soon' : 'open';
}

export function createSales(parts: SaleParts): Sales {
  const sales = createSaleStore(parts.store);
  const extras = createExtras(parts.store);
  const desk = createSaleDesk({ ...parts, sales });
  const room: Room = { ...parts, sales, extras, desk };
  return {
    store: sales,
    extras,
    settings: desk.whole,
    change: desk.change,
    missing: desk.missing,
    secureMissing: desk.secureMissing,
    types: (performance) => typesOf(room, performance),
    putTypes: (performance, { types }, also) => putTypes(room, performance, types, also),
    extrasOf: async (performance) => {
      await findPerformance(parts.store, performance);
      return listed(extras, performance);
    },
    putExtras: (performance, body, also) => putExtras(room, performance, body.extras, also),
    surchargesOf: async (performance) => {
      if (performance !== null) await findPerformance(parts.store, performance);
      return surchargesOf(sales, performance);
    },
    putSurcharges: (performance, { surcharges }, also) =>
      putSurcharges(room, performance, surcharges, also),
    duplicate: (performance, starts, series, also) =>
      duplicate(room, { performance, starts, series }, also),
  };
}

interface Room extends SaleParts {
  readonly sales: SaleStore;
  readonly extras: Extras;
  readonly desk: SaleDesk;
}

const listed = (extras: Extras, performance: string): ListedExtra[] =>
  extras.of(performance).map(({ performance: of, ...extra }) => extra);

function surchargesOf(sales: SaleStore, performance: string | null): Surcharges {
  return sales
    .surcharges(performance === null ? [] : [performance])
    .filter((one) => one.performance === performance)
    .map(({ name, per, cents }) => ({ name, per, cents }));
}

async function typesOf({ store, sales }: Room, performance: string): Promise<Types> {
  await findPerformance(store, performance);
  const sold = sales.find(performance);
  return (sold?.types ?? []).map((type) => ({
    ...type,
    prices: (sold?.prices ?? [])
      .filter((price) => price.type === type.id)
      .map(({ rank, validFrom, cents }) => ({ rank, validFrom, cents })),
  }));
}

async function putTypes(
  room: Room,
  performance: string,
  types: Types,
  also?: Also<Types>,
): Promise<void> {
  const { store, sales, desk, random } = room;
  const settings = await desk.of(performance);
  const old = await typesOf(room, performance);
  await store.batch(() => {
    if (!sales.find(performance, 'batch')) sales.put(performance, settings);
    sales.putTypes(performance, types, random);
    also?.(old, types);
  });
}

async function putExtras(
  { store, sales, extras, desk, random }: Room,
  performance: string,
  list: readonly z.infer<typeof NewExtra>[],
  also?: Also<readonly z.infer<typeof NewExtra>[]>,
): Promise<void> {
  const settings = await desk.of(performance);
  await store.batch(() => {
    if (!sales.find(performance, 'batch')) sales.put(performance, settings);
    const old = listed(extras, performance);
    extras.put(performance, list, random);
    also?.(old, list);
  });
}

async function putSurcharges(
  { store, sales, random }: Room,
  performance: string | null,
  list: Surcharges,
  also?: Also<Surcharges>,
): Promise<void> {
  if (performance !== null) await findPerformance(store, performance);
  await store.batch(() => {
    const old = surchargesOf(sales, performance);
    sales.putSurcharges(performance, list, random);
    also?.(old, list);
  });
}

async function duplicate(
  room: Room,
  wish: { performance: string; starts: Moment; series: string | undefined },
  also?: (copy: string) => void,
): Promise<{ id: string }> {
  const { store, sales, extras, desk, random } = room;
  const { performance, starts } = wish;
  const { id, title, inside, created, ...old } = await findPerformance(store, performance);
  const ends = old.ends === null ? null : old.ends + starts - old.starts;
  const times = { starts, ends, opens: null, closes: null };
  const copy = await room.ticketing.addPerformance({ ...old, ...times });
  const settings = await desk.of(performance);
  const types = (await typesOf(room, performance)).map((type) => ({ ...type, id: undefined }));
  await store.batch(() => {
    const fresh = { open: false, saleFrom: null, saleUntil: null, nationalNumber: null };
    sales.put(copy.id, { ...settings, ...fresh, series: wish.series ?? settings.series });
    sales.putTypes(copy.id, types, random);
    sales.putSurcharges(copy.id, surchargesOf(sales, performance), random);
    const along = extras.of(performance).map((extra) => ({ ...extra, id: undefined }));
    extras.put(copy.id, along, random);
    also?.(copy.id);
  });
  return { id: copy.id };
}
