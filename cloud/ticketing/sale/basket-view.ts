import type { Moment, TicketLabel } from '@gatehouse/protocol';
import type { BasketTable, PlaceTable } from '../../store/index.ts';
import type { Halls } from '../halls/hall-store.ts';
import { chargeOf, type ExtraLine, type Extras } from './extras.ts';
import { priceAt, type Totals, totalsOf } from './prices.ts';
import type { SaleStore } from './sale-store.ts';

/** One place in a basket with what it costs. */
export interface BasketItem {
  readonly id: string;
  readonly performance: string;
  readonly title: string;
  readonly secure: boolean;
  readonly seat: string | null;
  readonly rank: string;
  readonly type: string;
  readonly label: TicketLabel;
  readonly cents: number;
}

export interface BasketView extends Totals {
  readonly items: readonly BasketItem[];
  readonly extras: readonly ExtraLine[];
  readonly until: Moment;
  readonly secure: boolean;
}

/** What is in baskets, and what it costs. */
export interface BasketViews {
  items(places: readonly PlaceTable[], reader?: 'batch'): BasketItem[];
  totals(items: readonly BasketItem[], extras?: readonly ExtraLine[]): Totals;
  of(basket: BasketTable, places: readonly PlaceTable[], reader?: 'batch'): BasketView;
}

interface ViewParts {
  readonly sales: SaleStore;
  readonly halls: Halls;
  readonly extras: Extras;
}

export function createBasketViews(parts: ViewParts): BasketViews {
  const { sales, extras } = parts;
  const items: BasketViews['items'] = (rows, reader) => itemsOf(parts, rows, reader);
  const totals: BasketViews['totals'] = (list, along = []) =>
    totalsOf(list, sales.surcharges([...performancesOf(list)]), along.map(chargeOf));
  return {
    items,
    totals,
    of(basket, rows, reader) {
      const list = items(rows, reader);
      const secure = list.some((item) => item.secure);
      const along = extras.ofBasket(basket.digest, reader);
      return { items: list, extras: along, until: basket.until, secure, ...totals(list, along) };
    },
  };
}

export function performancesOf(list: readonly { performance: string }[]): Set<string> {
  return new Set(list.map(({ performance }) => performance));
}

function itemsOf(
  { sales, halls }: ViewParts,
  rows: readonly PlaceTable[],
  reader?: 'batch',
): BasketItem[] {
  return rows.flatMap((place) => {
    const sold = sales.find(place.performance, reader);
    const type = sold?.types.find(({ id }) => id === place.type);
    if (!sold || !type) return [];
    const hall = sold.plan === null ? undefined : halls.find(sold.plan);
    const seat = hall?.seats.find(({ id }) => id === place.seat);
    const rank = hall?.ranks.find(({ id }) => id === place.rank)?.name;
    // The price of the moment at which the place went into the basket: it does not rise in there.
    const cents = priceAt(sold.prices, type.id, place.rank, place.created) ?? 0;
    const label: TicketLabel = {
      type: type.name,
      ...(rank === undefined ? {} : { rank }),
      ...(seat ? { row: seat.row, seat: seat.number } : {}),
      ...(seat?.door ? { door: seat.door } : {}),
      ...(seat?.wheelchair ? { note: 'wheelchair' } : {}),
      ...(seat?.companion ? { note: 'companion' } : {}),
    };
    const { id, performance } = place;
    const of = { id, performance, title: sold.title, secure: sold.secure };
    return [{ ...of, seat: place.seat, rank: place.rank, type: type.id, label, cents }];
  });
}
