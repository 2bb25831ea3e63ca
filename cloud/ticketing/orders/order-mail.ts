import type { ReserveerinfoInput } from '../../mail/index.ts';
import type { SaleStore, Sold } from '../sale/sale-store.ts';
import type { Order, OrderItem } from './order-store.ts';

/** Where guests find things; absolute addresses without a slash at the end. */
export interface Addresses {
  readonly shop: string;
  readonly portal: string;
}

const MINUTE_MS = 60_000;
const STATES: Readonly<Record<string, ReserveerinfoInput['status']>> = {
  option: 'optie',
  'awaiting-payment': 'optie',
  confirmed: 'bevestigd',
};
const WORDS = {
  nl: { row: 'rij', seat: 'stoel', 'e-ticket': 'E-ticket', 'hard-copy': 'Op papier' },
  en: { row: 'row', seat: 'seat', 'e-ticket': 'E-ticket', 'hard-copy': 'On paper' },
} as const;

/** An order in the words of the mail templates (M1). */
export function reserveerinfo(
  order: Order,
  sales: SaleStore,
  addresses: Addresses,
  language: 'nl' | 'en',
): ReserveerinfoInput {
  const { row, charges } = order;
  const items = order.items.filter(({ state }) => state === 'active');
  const ids = [...new Set(items.map(({ performance }) => performance))];
  const words = WORDS[language];
  return {
    nummer: row.number,
    besteldOp: row.created,
    status: STATES[row.state] ?? 'geannuleerd',
    betaalwijze: '',
    verzendwijze: row.delivery === 'hard-copy' ? words['hard-copy'] : words['e-ticket'],
    totaal: row.total,
    link: `${addresses.shop}/orders/${row.id}`,
    portaal: addresses.portal,
    voorstellingen: ids.flatMap((id) => {
      const sold = sales.find(id);
      if (!sold) return [];
      const own = items.filter(({ performance }) => performance === id);
      return [voorstelling(sold, own, words)];
    }),
    toeslagen: charges.map(({ name, cents }) => ({ omschrijving: name, bedrag: cents })),
  };
}

function voorstelling(
  sold: Sold,
  items: readonly OrderItem[],
  words: { row: string; seat: string },
): ReserveerinfoInput['voorstellingen'][number] {
  const secure = items.some((item) => item.secure);
  const groups = Map.groupBy(items, (item) =>
    JSON.stringify([item.type, item.rank, item.cents, item.secure]),
  );
  return {
    titel: sold.title,
    ondertitel: '',
    zaal: sold.hall,
    aanvang: sold.starts,
    einde: sold.ends,
    portaalVanaf: secure ? sold.starts - sold.listBeforeMinutes * MINUTE_MS : null,
    codeVanaf: secure ? sold.starts - sold.codeBeforeMinutes * MINUTE_MS : null,
    boekingen: [...groups.values()].map((group) => {
      const [first] = group as [OrderItem];
      return {
        aantal: group.length,
        kaartsoort: first.label.type ?? '',
        rang: first.label.rank ?? '',
        plaatsen: group.flatMap(({ label: { row, seat } }) =>
          seat === undefined ? [] : [`${words.row} ${row}, ${words.seat} ${seat}`],
        ),
        prijs: first.cents,
        totaal: first.cents * group.length,
        getHasSecureTickets: first.secure,
      };
    }),
  };
}
