import { TicketLabel } from '@gatehouse/protocol';
import { z } from 'zod';

const id = z.string().min(1).max(64);
const moment = z.number().int().describe('milliseconds since 1970');
const cents = z.number().int().describe('whole cents');
const charge = z.object({
  ...{ name: z.string(), cents },
  extra: id.optional().describe('what is sold along; left out for a surcharge'),
  count: z.number().int().optional(),
});
const SEATS_AT_ONCE = 50;

export const IdParams = z.object({ id });
export const BasketHeader = z.object({ 'x-basket': z.string().max(64).optional() });
export const OrderHeader = z.object({
  'x-basket': z.string().max(64).optional(),
  'x-order': z.string().max(64).optional().describe('the token that was answered with the order'),
});

export const Shown = z.object({
  id,
  title: z.string(),
  hall: z.string(),
  starts: moment,
  ends: moment.nullable(),
  secure: z.boolean().describe('bound to a phone number; shows a lock'),
  saleFrom: moment.nullable(),
  saleUntil: moment.nullable(),
  state: z.enum(['announced', 'soon', 'open', 'closed']),
  free: z.number().int(),
  verify: z
    .enum(['no', 'phone', 'login'])
    .describe('what the guest has to do before ordering: nothing, verify the phone, log in'),
  charges: z.array(z.object({ name: z.string(), per: z.enum(['ticket', 'order']), cents })),
});
export const ShownDetail = Shown.extend({
  seated: z.boolean(),
  priceText: z.string(),
  guestMax: z.number().int().nullable(),
  basketMax: z.number().int(),
  ranks: z.array(z.object({ id: z.string(), name: z.string() })),
  types: z.array(
    z.object({ id, name: z.string(), prices: z.array(z.object({ rank: z.string(), cents })) }),
  ),
  extras: z
    .array(
      z.object({
        ...{ id, name: z.string(), cents, most: z.number().int() },
        left: z.number().int().nullable().describe('null where nothing limits them'),
      }),
    )
    .describe('sold along with tickets'),
});
export const SeatView = z.object({
  id,
  rank: z.string(),
  row: z.string(),
  number: z.string(),
  line: z.number().int(),
  place: z.number().int(),
  wheelchair: z.boolean(),
  companion: z.boolean(),
  free: z.boolean(),
});

export const WishBody = z.strictObject({
  performance: id,
  tickets: z
    .array(z.strictObject({ type: id, count: z.number().int().min(1).max(SEATS_AT_ONCE) }))
    .min(1)
    .max(20),
  rank: z.string().max(40).optional().describe('best available in this rank'),
  seats: z.array(id).max(SEATS_AT_ONCE).optional().describe('one’s own choice'),
});
export const BasketView = z.object({
  items: z.array(
    z.object({
      id,
      performance: id,
      title: z.string(),
      secure: z.boolean(),
      seat: id.nullable(),
      rank: z.string(),
      type: id,
      label: TicketLabel,
      cents,
    }),
  ),
  extras: z
    .array(
      z.object({
        ...{ extra: id, performance: id, name: z.string() },
        ...{ count: z.number().int(), cents: cents.describe('of one') },
      }),
    )
    .describe('sold along; they stand among the charges too'),
  charges: z.array(charge),
  total: cents,
  until: moment.describe('the places are held until then'),
  secure: z.boolean(),
});

export const NewOrder = z.strictObject({
  key: z.string().min(8).max(64).describe('of your making; the same key gives the same order'),
  name: z.string().trim().min(1).max(200),
  email: z.email().max(254),
  contactPhone: z.string().max(40).default(''),
  language: z.enum(['nl', 'en']).default('nl'),
  delivery: z.enum(['e-ticket', 'hard-copy', 'pick-up', 'post']).default('e-ticket'),
  note: z.string().max(300).default(''),
});
export const OrderView = z.object({
  id,
  number: z.string(),
  state: z.enum(['option', 'awaiting-payment', 'confirmed', 'cancelled', 'expired', 'refunded']),
  delivery: z.string(),
  created: moment,
  expires: moment.nullable(),
  secure: z.boolean(),
  items: z.array(
    z.object({
      id,
      performance: id,
      title: z.string(),
      starts: moment,
      label: TicketLabel,
      secure: z.boolean(),
      cents,
      state: z.enum(['active', 'cancelled', 'refunded']),
      ticket: id.nullable(),
    }),
  ),
  charges: z.array(charge),
  total: cents,
  payment: z
    .enum(['making', 'open', 'paid', 'cancelled', 'expired', 'failed', 'wrong'])
    .nullable()
    .describe('how the newest payment for it stands'),
  portal: z.string().nullable().describe('where its secure tickets are shown'),
});
export const Charge = charge;
