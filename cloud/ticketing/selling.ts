import type { Mail } from '../mail/index.ts';
import type { Clock, Log, Random } from '../ports.ts';
import type { Store } from '../store/index.ts';
import type { BookingParts } from './box-office/booking.ts';
import { createSearch } from './box-office/search.ts';
import { createBulk } from './delivery/bulk.ts';
import type { CodeKey } from './delivery/code-key.ts';
import { createDeliver } from './delivery/deliver.ts';
import { createDeliveryLog } from './delivery/delivery-log.ts';
import { createIssuer } from './delivery/issuer.ts';
import { createTicketPdf } from './delivery/order-pdf.ts';
import { createHalls } from './halls/hall-store.ts';
import { createAccountOrders } from './orders/account-orders.ts';
import { type Addresses, reserveerinfo } from './orders/order-mail.ts';
import { createOrderStore } from './orders/order-store.ts';
import { createOrders } from './orders/orders.ts';
import { createBaskets } from './sale/baskets.ts';
import { type BuyerOf, createChannels, type VerifiedPhoneOf } from './sale/buyer.ts';
import { createPlaces, createTaken } from './sale/place-store.ts';
import type { SecureChecks } from './sale/sale-readiness.ts';
import { createSales } from './sale/sales.ts';
import { createSeries } from './sale/series.ts';
import type { Ticketing } from './ticketing.ts';

export interface SellingParts {
  readonly store: Store;
  readonly ticketing: Ticketing;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly key: CodeKey;
  readonly mail: Pick<Mail, 'queueIn' | 'queueInBatch' | 'nudge'>;
  readonly addresses: Addresses;
  /** IANA. */
  readonly timeZone: string;
  /** Who is logged in in the shop. */
  readonly buyer: BuyerOf;
  readonly verifiedPhone: VerifiedPhoneOf;
  readonly checks: SecureChecks;
  readonly demonstration: boolean;
}

export type Selling = ReturnType<typeof createSelling>;

/** How often orders and baskets whose time is over are let go of. */
const SWEEP_EVERY_MS = 5_000;

/** Everything between a seat and a ticket, payments left out. */
export function createSelling(parts: SellingParts) {
  const { store, clock, random, ticketing, log, mail, addresses } = parts;
  const halls = createHalls(parts);
  const sales = createSales({ ...parts, halls });
  const places = createPlaces(store, halls);
  const taken = createTaken(store);
  const { extras } = sales;
  const common = { ...parts, halls, places, taken, extras, sales: sales.store };
  const baskets = createBaskets(common);
  const issuer = createIssuer(parts);
  const deliveries = createDeliveryLog(store);
  const orderStore = createOrderStore(store);
  const orders = createOrders({ ...common, orders: orderStore, baskets, issuer, deliveries });
  const pdf = createTicketPdf({ ...parts, orders: orderStore, sales: sales.store });
  const deliver = createDeliver({ store, issuer, log: deliveries, sales: sales.store });
  const ofAccounts = createAccountOrders(parts);
  const orderOf = store.prepare('select order_id from order_items where ticket = ?');
  const changed = () => {
    ticketing.changed();
    mail.nudge();
  };
  /** Inside a batch: the tickets of an order go out by mail, once for each occasion. */
  const mailTickets = (order: string, occasion: string) => {
    const found = orderStore.find(order, 'batch');
    if (!found || found.row.email === '') return;
    const { row } = found;
    const language = row.language === 'en' ? 'en' : 'nl';
    const info = reserveerinfo(found, sales.store, addresses, language);
    try {
      mail.queueInBatch({
        ...{ to: row.email, template: 'tickets', language },
        data: { gast: { naam: row.name, email: row.email }, reserveerinfo: info },
        key: `order:${order}:tickets:${occasion}`,
        attachments: [{ kind: 'tickets', reference: order }],
      });
    } catch (fault) {
      // One address that takes no mail must not hold up a job for all others.
      log.error({ order, code: (fault as { code?: string }).code }, 'no mail for this delivery');
    }
  };
  const bulk = createBulk({
    ...{ store, clock, random, log, deliver, changed },
    delivered(ticket, job) {
      const row = orderOf.get(ticket) as { order_id: string } | undefined;
      if (row) mailTickets(row.order_id, job);
    },
  });
  const booking: BookingParts = { ...common, baskets, orders };
  return {
    ...{ ...parts, halls, sales, places, baskets, orders, orderStore, pdf, deliver, deliveries },
    ...{ bulk, booking, mailTickets, changed, channels: createChannels(parts) },
    series: createSeries({ ...parts, sales }),
    ...{ ofAccounts, search: createSearch(store) },
    ...sweeper(parts, [orders, ofAccounts, baskets], bulk),
  };
}

function sweeper(
  { store, clock, log }: SellingParts,
  swept: readonly { sweep(): void }[],
  bulk: { start(): void; stop(): Promise<void> },
) {
  let timer: unknown;
  let isRunning = false;
  const again = () => {
    if (!isRunning) return;
    timer = clock.setTimeout(() => {
      store
        .batch(() => {
          for (const part of swept) part.sweep();
        })
        .catch((fault) => log.error({ fault }, 'orders past their time could not be let go of'))
        .finally(again);
    }, SWEEP_EVERY_MS);
  };
  return {
    start() {
      isRunning = true;
      bulk.start();
      again();
    },
    async stop() {
      isRunning = false;
      clock.clearTimeout(timer);
      await bulk.stop();
    },
  };
}
