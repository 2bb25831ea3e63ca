import type { Moment } from '@gatehouse/protocol';
import type { z } from 'zod';
import type { Clock, Random } from '../../ports.ts';
import type { Store } from '../../store/index.ts';
import type { Halls } from '../halls/hall-store.ts';
import { findPerformance } from '../performance-store.ts';
import { saleError } from '../sale-errors.ts';
import type { Ticketing } from '../ticketing.ts';
import { createExtras, type Extra, type Extras, type NewExtras } from './extras.ts';
import { priceAt } from './prices.ts';
import type { Missing, NewTypes, SaleChanges, SaleSettings, SurchargeBody } from './sale.ts';
import { createSaleStore, type SaleStore, type Sold, saleDefaults } from './sale-store.ts';

/** What switching secure on depends on (P10): other features answer for themselves. */
export interface SecureChecks {
  sms(): Promise<{ readonly enabled: boolean; readonly tested: boolean }>;
  /** Whether the portal's host name answers over TLS. */
  portal(): Promise<boolean>;
}

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

/** How performances are sold: settings, ticket types, prices, and whether sale may start. */
export interface Sales {
  readonly store: SaleStore;
  readonly extras: Extras;
  settings(performance: string): Promise<SaleSettings & { missing: Missing[] }>;
  change(
    performance: string,
    changes: z.infer<typeof SaleChanges>,
  ): Promise<SaleSettings & { missing: Missing[] }>;
  types(performance: string): Promise<z.infer<typeof NewTypes>['types']>;
  putTypes(performance: string, body: z.infer<typeof NewTypes>): Promise<void>;
  extrasOf(performance: string): Promise<Omit<Extra, 'performance'>[]>;
  putExtras(performance: string, body: z.infer<typeof NewExtras>): Promise<void>;
  /** Those set for this performance alone, or for all. */
  surchargesOf(performance: string | null): Promise<z.infer<typeof SurchargeBody>['surcharges']>;
  putSurcharges(performance: string | null, body: z.infer<typeof SurchargeBody>): Promise<void>;
  /** What is missing before sale can start. */
  missing(performance: string): Promise<Missing[]>;
  /** What a secure performance still lacks (P10). */
  secureMissing(): Promise<Missing[]>;
  /**
   * A copy with settings, types, prices and extras; never sales or the national number (P6).
   * @param series other than the one of the performance
   */
  duplicate(performance: string, starts: Moment, series?: string): Promise<{ id: string }>;
}

/** Where a performance is in its sale at a moment. */
export function saleState(sold: Sold, now: Moment): SaleState {
  const until = sold.saleUntil ?? sold.ends ?? sold.starts;
  if (now >= until) return 'closed';
  if (!sold.open) return 'announced';
  return sold.saleFrom !== null && now < sold.saleFrom ? 'soon' : 'open';
}

export function createSales(parts: SaleParts): Sales {
  const { store, ticketing, halls, clock, random } = parts;
  const sales = createSaleStore(store);
  const extras = createExtras(store);
  const series = store.prepareRead('select 1 from series where id = ?');
  const secureMissing = () => missingForSecure(parts);
  const settingsOf = async (performance: string): Promise<SaleSettings> => {
    const { secure } = await findPerformance(store, performance);
    return picked(sales.find(performance) ?? saleDefaults(secure));
  };
  const missing = async (performance: string): Promise<Missing[]> => {
    const shown = await findPerformance(store, performance);
    const sold = sales.find(performance);
    return [
      ...missingForAny(sold, shown.capacity, halls, clock.now()),
      ...(shown.secure ? await secureMissing() : []),
    ];
  };
  const whole = async (performance: string) => ({
    ...(await settingsOf(performance)),
    missing: await missing(performance),
  });
  return {
    store: sales,
    extras,
    settings: whole,
    missing,
    secureMissing,
    async change(performance, { confirmSaleUntil, ...changes }) {
      const { starts } = await findPerformance(store, performance);
      const old = await settingsOf(performance);
      const settings: SaleSettings = { ...old, ...defined(changes) };
      if (settings.plan !== null) halls.find(settings.plan);
      const id = settings.series;
      if (id !== null && id !== old.series && !series.get(id)) {
        throw saleError('series-unknown', { id });
      }
      const { saleUntil } = settings;
      const early = saleUntil !== null && saleUntil < starts && saleUntil !== old.saleUntil;
      if (early && confirmSaleUntil !== saleUntil) {
        throw saleError('sale-until-unconfirmed', { moment: new Date(saleUntil).toISOString() });
      }
      if (settings.open && !old.open) {
        const lacking = await missing(performance);
        // Without a row yet, what is missing was asked of the defaults: a plan comes along here.
        const left = lacking.filter((one) => one !== 'capacity' || settings.plan === null);
        if (left.length > 0) throw saleError('sale-not-ready', { missing: left.join(', ') });
      }
      await store.batch(() => {
        if (settings.plan !== old.plan && sales.hasPlaces(performance)) {
          throw saleError('sale-has-places');
        }
        sales.put(performance, settings);
      });
      return whole(performance);
    },
    async types(performance) {
      await findPerformance(store, performance);
      const sold = sales.find(performance);
      return (sold?.types ?? []).map((type) => ({
        ...type,
        prices: (sold?.prices ?? [])
          .filter((price) => price.type === type.id)
          .map(({ rank, validFrom, cents }) => ({ rank, validFrom, cents })),
      }));
    },
    async putTypes(performance, { types }) {
      const settings = await settingsOf(performance);
      await store.batch(() => {
        if (!sales.find(performance, 'batch')) sales.put(performance, settings);
        sales.putTypes(performance, types, random);
      });
    },
    async extrasOf(performance) {
      await findPerformance(store, performance);
      return extras.of(performance).map(({ performance: of, ...extra }) => extra);
    },
    async putExtras(performance, body) {
      const settings = await settingsOf(performance);
      await store.batch(() => {
        if (!sales.find(performance, 'batch')) sales.put(performance, settings);
        extras.put(performance, body.extras, random);
      });
    },
    async surchargesOf(performance) {
      if (performance !== null) await findPerformance(store, performance);
      const asked = performance === null ? [] : [performance];
      return sales
        .surcharges(asked)
        .filter((one) => one.performance === performance)
        .map(({ name, per, cents }) => ({ name, per, cents }));
    },
    async putSurcharges(performance, { surcharges }) {
      if (performance !== null) await findPerformance(store, performance);
      await store.batch(() => sales.putSurcharges(performance, surcharges, random));
    },
    async duplicate(performance, starts, into) {
      const { id, title, inside, created, ...old } = await findPerformance(store, performance);
      const later = starts - old.starts;
      const ends = old.ends === null ? null : old.ends + later;
      const times = { starts, ends, opens: null, closes: null };
      const copy = await ticketing.addPerformance({ ...old, ...times });
      const settings = await settingsOf(performance);
      const types = (await this.types(performance)).map((type) => ({ ...type, id: undefined }));
      await store.batch(() => {
        const fresh = { open: false, saleFrom: null, saleUntil: null, nationalNumber: null };
        sales.put(copy.id, { ...settings, ...fresh, series: into ?? settings.series });
        sales.putTypes(copy.id, types, random);
        const own = sales.surcharges([performance]).filter((one) => one.performance !== null);
        sales.putSurcharges(copy.id, own, random);
        const along = extras.of(performance).map((extra) => ({ ...extra, id: undefined }));
        extras.put(copy.id, along, random);
      });
      return { id: copy.id };
    },
  };
}

async function missingForSecure(parts: SaleParts): Promise<Missing[]> {
  if (parts.demonstration) return [];
  const [sms, portal] = await Promise.all([parts.checks.sms(), parts.checks.portal()]);
  return [
    ...(sms.enabled ? [] : ['sms-not-enabled' as const]),
    ...(sms.tested ? [] : ['sms-not-tested' as const]),
    ...(portal ? [] : ['portal-not-answering' as const]),
  ];
}

function missingForAny(
  sold: Sold | undefined,
  capacity: number | null,
  halls: Halls,
  now: Moment,
): Missing[] {
  const missing: Missing[] = [];
  const types = sold?.types ?? [];
  const prices = sold?.prices ?? [];
  if (types.length === 0) missing.push('ticket-types');
  const ranks = sold?.plan ? halls.find(sold.plan).ranks.map(({ id }) => id) : [''];
  const priced = (type: string) =>
    ranks.some(
      (rank) => priceAt(prices, type, rank, Math.max(now, sold?.saleFrom ?? 0)) !== undefined,
    );
  if (types.some(({ id }) => !priced(id))) missing.push('prices');
  if (sold?.nationalNumber != null && types.some(({ kind }) => kind === null)) {
    missing.push('ticket-type-kinds');
  }
  if (!sold?.plan && capacity === null) missing.push('capacity');
  return missing;
}

function picked(from: SaleSettings): SaleSettings {
  const keys = Object.keys(saleDefaults(false)) as (keyof SaleSettings)[];
  return Object.fromEntries(keys.map((key) => [key, from[key]])) as unknown as SaleSettings;
}

function defined<T extends object>(changes: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(changes).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}
