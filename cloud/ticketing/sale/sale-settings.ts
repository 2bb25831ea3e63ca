import type { z } from 'zod';
import type { Also } from '../../change-log.ts';
import type { Clock } from '../../ports.ts';
import type { Store } from '../../store/index.ts';
import type { Halls } from '../halls/hall-store.ts';
import { findPerformance } from '../performance-store.ts';
import { saleError } from '../sale-errors.ts';
import type { Missing, SaleChanges, SaleSettings } from './sale.ts';
import { missingForAny, missingForSecure, type SecureChecks } from './sale-readiness.ts';
import { type SaleStore, saleDefaults } from './sale-store.ts';

export type SettingsView = SaleSettings & { missing: Missing[] };

/** How performances are sold, and whether sale may start. */
export interface SaleDesk {
  /** Those in force, also of a performance that was never set up for sale. */
  of(performance: string): Promise<SaleSettings>;
  whole(performance: string): Promise<SettingsView>;
  missing(performance: string): Promise<Missing[]>;
  secureMissing(): Promise<Missing[]>;
  change(
    performance: string,
    changes: z.infer<typeof SaleChanges>,
    also?: Also<SaleSettings>,
  ): Promise<SettingsView>;
}

export function createSaleDesk(parts: {
  readonly store: Store;
  readonly sales: SaleStore;
  readonly halls: Halls;
  readonly clock: Clock;
  readonly checks: SecureChecks;
  readonly demonstration: boolean;
}): SaleDesk {
  const { store, sales, halls, clock } = parts;
  const series = store.prepareRead('select 1 from series where id = ?');
  const of = async (performance: string): Promise<SaleSettings> => {
    const { secure } = await findPerformance(store, performance);
    return picked(sales.find(performance) ?? saleDefaults(secure));
  };
  const missing = async (performance: string): Promise<Missing[]> => {
    const shown = await findPerformance(store, performance);
    const sold = sales.find(performance);
    return [
      ...missingForAny(sold, shown.capacity, halls, clock.now()),
      ...(shown.secure ? await missingForSecure(parts) : []),
    ];
  };
  const whole = async (performance: string) => ({
    ...(await of(performance)),
    missing: await missing(performance),
  });
  /** Sale begins only when nothing is missing. */
  const checkReady = async (performance: string, settings: SaleSettings) => {
    const lacking = await missing(performance);
    // Without a row yet, what is missing was asked of the defaults: a plan comes along here.
    const left = lacking.filter((one) => one !== 'capacity' || settings.plan === null);
    if (left.length > 0) throw saleError('sale-not-ready', { missing: left.join(', ') });
  };
  const checkSeries = (id: string | null, old: string | null) => {
    if (id !== null && id !== old && !series.get(id)) throw saleError('series-unknown', { id });
  };
  return {
    of,
    whole,
    missing,
    secureMissing: () => missingForSecure(parts),
    async change(performance, { confirmSaleUntil, ...changes }, also) {
      const { starts } = await findPerformance(store, performance);
      const old = await of(performance);
      const settings: SaleSettings = { ...old, ...defined(changes) };
      if (settings.plan !== null) halls.find(settings.plan);
      checkSeries(settings.series, old.series);
      const { saleUntil } = settings;
      const early = saleUntil !== null && saleUntil < starts && saleUntil !== old.saleUntil;
      if (early && confirmSaleUntil !== saleUntil) {
        throw saleError('sale-until-unconfirmed', { moment: new Date(saleUntil).toISOString() });
      }
      if (settings.open && !old.open) await checkReady(performance, settings);
      await store.batch(() => {
        if (settings.plan !== old.plan && sales.hasPlaces(performance)) {
          throw saleError('sale-has-places');
        }
        sales.put(performance, settings);
        also?.(old, settings);
      });
      return whole(performance);
    },
  };
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
