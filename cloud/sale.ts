import { GatehouseError } from '@gatehouse/protocol';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { ChangeLog } from './change-log.ts';
import { hasRole } from './http/index.ts';
import type { AttachmentMaker, Mail } from './mail/index.ts';
import {
  createMollie,
  createPaymentSetup,
  createPayments,
  createTestPayment,
  createTrials,
  type MollieAddress,
  type Payments,
  paymentRoutes,
  paymentSettingsRoutes,
} from './payments/index.ts';
import {
  boxOfficeRoutes,
  createSelling,
  deliveryRoutes,
  type HallRenamed,
  payableOrder,
  reserveerinfo,
  type Selling,
  type SellingParts,
  saleErrors,
  saleOfficeRoutes,
  shopOrderRoutes,
  shopRoutes,
} from './ticketing/index.ts';

export interface SaleParts extends Omit<SellingParts, 'mail'> {
  readonly mail: Pick<Mail, 'queueIn' | 'queueInBatch' | 'nudge' | 'attach' | 'ordersFrom'>;
  readonly audit: ChangeLog;
  /** Left out where there are no entrances. */
  readonly hallRenamed?: HallRenamed | undefined;
  /** Where Mollie is, if not where it always is. */
  readonly mollie?: MollieAddress | undefined;
}

/** The shop with payments, from basket to ticket. */
export interface Sale {
  readonly selling: Selling;
  readonly payments: Payments;
  /** Who takes payments now; `test` moves no money. */
  pays(): 'mollie' | 'test' | null;
  /** Under `/api/v1`. */
  readonly routes: readonly FastifyPluginAsync[];
  /** Under `/shop/api/v1`, without a token. */
  readonly open: FastifyPluginAsync;
  start(): void;
  stop(): Promise<void>;
}

export function createSale(parts: SaleParts): Sale {
  const { store, ticketing, addresses, demonstration, mail, audit } = parts;
  const selling = createSelling(parts);
  const { orders } = selling;
  const tenant = ticketing.tenant.id;
  const test = createTestPayment((id) => `${addresses.shop}/shop/test-payment/${id}`);
  const mollie = () => {
    const key = setup.get().mollieKey;
    return key === undefined ? undefined : createMollie(key, parts.mollie);
  };
  const webhooks = () => `${addresses.shop}/shop/api/v1/payments/`;
  const webhookUrl = (payment: string) => `${webhooks()}${payment}/webhook`;
  const payments: Payments = createPayments({
    ...parts,
    orders: {
      settle: orders.settle,
      refunding: orders.refunding,
      changed: orders.changed,
    },
    provider(name) {
      if (name === 'test') return demonstration ? test : undefined;
      if (name === undefined && pays() === 'test') return test;
      return mollie();
    },
    webhookUrl,
  });
  const setup = createPaymentSetup({ store, tenant, kept: payments.store });
  const pays: Sale['pays'] = () => {
    const { mollieKey, testPayments } = setup.get();
    if (demonstration && (testPayments || mollieKey === undefined)) return 'test';
    return mollieKey === undefined ? null : 'mollie';
  };
  const trials = createTrials({
    ...{ setup, clock: parts.clock, random: parts.random, provider: mollie, webhookUrl },
    redirectUrl: () => `${addresses.shop}/admin/#/payments`,
  });
  const heard = async (payment: string, reference: string) => {
    if (await trials.heard(payment, reference)) return;
    const before = payments.store.find(payment);
    await payments.heard(payment, reference);
    if (before) await setup.change({ told: parts.clock.now() });
  };
  giveToMail(selling, mail);
  const shop = { ...selling, sales: selling.sales.store };
  const payable = async (request: FastifyRequest, id: string) => {
    const now = await payableOrder(shop, request, id);
    return () => {
      const { row } = now();
      return {
        ...{ order: id, cents: row.total, description: row.number },
        language: row.language === 'en' ? ('en' as const) : ('nl' as const),
        redirectUrl: `${addresses.shop}/shop/orders/${id}`,
      };
    };
  };
  return {
    selling,
    payments,
    pays,
    routes: [
      saleOfficeRoutes({ ...selling, audit, hallRenamed: parts.hallRenamed }),
      boxOfficeRoutes(selling, payments.refunds),
      deliveryRoutes(selling, audit),
      paymentSettingsRoutes({
        ...{ setup, trials, audit, demonstration, provider: pays, webhook: webhooks },
        allowed: needAdministrator,
      }),
    ],
    open: async (server) => {
      await server.register(
        async (api) => {
          await api.register(shopRoutes(selling));
          await api.register(shopOrderRoutes(shop));
          await api.register(paymentRoutes({ payments, payable, demonstration, heard }));
        },
        { prefix: '/shop/api/v1' },
      );
    },
    start() {
      selling.start();
      payments.start();
    },
    async stop() {
      await payments.stop();
      await selling.stop();
    },
  };
}

/** Mails attach tickets as they are when they are sent, and previews show real orders. */
function giveToMail(selling: Selling, mail: SaleParts['mail']): void {
  const { orderStore, sales, addresses, pdf } = selling;
  const make: AttachmentMaker = async (order, language) => {
    if (!orderStore.find(order)) return undefined;
    const content = await pdf.ofOrder(order, language);
    if (!content) return [];
    return [{ filename: 'tickets.pdf', contentType: 'application/pdf', content }];
  };
  mail.attach('tickets', make);
  mail.ordersFrom(async (named, _template, language) => {
    const order = orderStore.byNumber(named) ?? orderStore.find(named);
    if (!order) return undefined;
    const { name: naam, email } = order.row;
    const info = reserveerinfo(order, sales.store, addresses, language);
    return { gast: { naam, email }, reserveerinfo: info };
  });
}

function needAdministrator({ caller }: FastifyRequest): void {
  if (hasRole(caller)) return;
  const role = 'administrator';
  throw new GatehouseError('staff-role', saleErrors['staff-role'], { role });
}
