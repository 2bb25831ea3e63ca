import { GatehouseError } from '@gatehouse/protocol';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { hasRole } from './http/index.ts';
import type { AttachmentMaker, Mail } from './mail/index.ts';
import {
  createMollie,
  createPayments,
  createTestPayment,
  type MollieAddress,
  type Payments,
  paymentRoutes,
  paymentSettingsRoutes,
} from './payments/index.ts';
import {
  boxOfficeRoutes,
  createSelling,
  deliveryRoutes,
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

/** What is set up for payments, as it stands in the store. */
interface Setup {
  readonly mollieKey?: string | undefined;
}

export function createSale(parts: SaleParts): Sale {
  const { store, ticketing, addresses, demonstration, mail } = parts;
  const selling = createSelling(parts);
  const { orders } = selling;
  const tenant = ticketing.tenant.id;
  const setup = (): Setup => JSON.parse(payments.store.settings(tenant) ?? '{}') as Setup;
  const test = createTestPayment((id) => `${addresses.shop}/shop/test-payment/${id}`);
  const mollie = () => {
    const key = setup().mollieKey;
    return key === undefined ? undefined : createMollie(key, parts.mollie);
  };
  const payments: Payments = createPayments({
    ...parts,
    orders: {
      settle: orders.settle,
      refunding: orders.refunding,
      changed: orders.changed,
    },
    provider(name) {
      if (name === 'test') return demonstration ? test : undefined;
      return mollie() ?? (demonstration && name === undefined ? test : undefined);
    },
    webhookUrl: (payment) => `${addresses.shop}/shop/api/v1/payments/${payment}/webhook`,
  });
  giveToMail(selling, mail);
  const shop = { ...selling, sales: selling.sales.store };
  const payable = async (request: FastifyRequest, id: string) => {
    const { row } = await payableOrder(shop, request, id);
    return {
      ...{ order: id, cents: row.total, description: row.number },
      language: row.language === 'en' ? ('en' as const) : ('nl' as const),
      redirectUrl: `${addresses.shop}/shop/orders/${id}`,
    };
  };
  const pays: Sale['pays'] = () => (mollie() ? 'mollie' : demonstration ? 'test' : null);
  return {
    selling,
    payments,
    pays,
    routes: [
      saleOfficeRoutes(selling),
      boxOfficeRoutes(selling, payments.refunds),
      deliveryRoutes(selling),
      paymentSettingsRoutes({
        payments,
        provider: pays,
        apiKey: () => setup().mollieKey,
        setKey: (key) =>
          store.batch(() =>
            payments.store.putSettings(
              tenant,
              JSON.stringify(key === null ? {} : { mollieKey: key }),
            ),
          ),
        allowed: needAdministrator,
      }),
    ],
    open: async (server) => {
      await server.register(
        async (api) => {
          await api.register(shopRoutes(selling));
          await api.register(shopOrderRoutes(shop));
          await api.register(paymentRoutes({ payments, payable, demonstration }));
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
  mail.ordersFrom(async (id, _template, language) => {
    const order = orderStore.find(id);
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
