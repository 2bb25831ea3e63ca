import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { allow, type Caller } from '../../http/index.ts';
import type { Tenant } from '../../ports.ts';
import type { Store } from '../../store/index.ts';
import { maskPhone } from '../phone-number.ts';
import { type AccountRow, accountById, findAccounts } from './account-store.ts';
import { accountError } from './errors.ts';
import type { Guests } from './guests.ts';
import { Moment } from './schemas.ts';

const LIST_MAX = 50;
const SEARCH_MIN = 2;
const SEARCH_MAX = 100;
const REASON_MAX = 500;

const GuestView = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string().nullable(),
  phone: z.string().nullable().describe('its ends only'),
  verified: z.boolean().describe('lists show a lock (rule S10)'),
  created: Moment,
});
const ById = z.object({ id: z.string().regex(/^[0-9a-f]{20}$/) });
const BOX_OFFICE = allow('box-office', 'door-lead');

/** Where it is written down who looked at or changed a guest. */
export interface AuditOfGuests {
  write(
    who: Pick<Caller, 'id' | 'name'>,
    change: { what: string; subject?: string; details?: Record<string, unknown> },
  ): Promise<void>;
}

/** Guests as staff see them, and the limit that only staff lift (rule G1). */
export function guestOfficeRoutes(parts: {
  store: Store;
  tenant: Tenant;
  guests: Pick<Guests, 'phones'>;
  audit: AuditOfGuests;
}): FastifyPluginAsyncZod {
  const { store, tenant, guests, audit } = parts;
  const tags = ['guests'];
  return async (api) => {
    api.get(
      '/guests',
      {
        ...BOX_OFFICE,
        schema: {
          ...{ tags, summary: 'Guests by address, name or phone number' },
          querystring: z.object({ search: z.string().trim().min(SEARCH_MIN).max(SEARCH_MAX) }),
          response: { 200: z.object({ guests: z.array(GuestView) }) },
        },
      },
      async ({ query }) => {
        const rows = await findAccounts(store, tenant.id, query.search, LIST_MAX);
        return { guests: rows.map(viewOf) };
      },
    );
    api.get(
      '/guests/:id',
      {
        ...BOX_OFFICE,
        schema: {
          ...{ tags, summary: 'One guest; who looked is written down' },
          params: ById,
          response: {
            200: GuestView.extend({
              numbers: z.object({ verified: z.number(), asked: z.number() }).describe('in 30 days'),
            }),
          },
        },
      },
      async ({ params, caller }) => {
        const row = await accountById(store.read, tenant.id, params.id);
        if (!row) throw accountError('account-unknown', params);
        await audit.write(caller, { what: 'guest-looked-at', subject: row.id });
        return { ...viewOf(row), numbers: await guests.phones.used(row.id) };
      },
    );
    api.post(
      '/guests/:id/phone-limit',
      {
        ...allow('box-office'),
        schema: {
          ...{ tags, summary: 'Lets a guest verify three more numbers' },
          params: ById,
          body: z.strictObject({ reason: z.string().trim().min(1).max(REASON_MAX) }),
          response: { 204: z.null() },
        },
      },
      async ({ params, body, caller }, reply) => {
        await guests.phones.liftLimit(params.id);
        const { reason } = body;
        await audit.write(caller, {
          ...{ what: 'guest-phone-limit-lifted', subject: params.id, details: { reason } },
        });
        return reply.status(204).send(null);
      },
    );
  };
}

function viewOf(row: AccountRow): z.infer<typeof GuestView> {
  const { id, email, name, created } = row;
  const phone = row.phone === null ? null : maskPhone(row.phone);
  return { id, email, name, created, phone, verified: row.phone_verified !== null };
}
