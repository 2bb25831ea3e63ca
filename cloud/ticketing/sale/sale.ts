import type { Moment } from '@gatehouse/protocol';
import { z } from 'zod';

/** Rule P12 where nobody set another: tickets per guest of a secure performance. */
export const GUEST_MAX_SECURE = 4;
export const BASKET_MAX = 10;
/** A basket holds its places this long unless set otherwise. */
export const HOLD_MINUTES = 15;
/** Rules S5, S6 and S14: when the portal lists a ticket and shows its code. */
export const LIST_BEFORE_MINUTES = 120;
export const CODE_BEFORE_MINUTES = 60;
const TYPES_MAX = 50;
const PRICES_MAX = 500;
export const SURCHARGES_MAX = 20;
/** As live numbers have it (P5). */
const NATIONAL_NUMBER = /^NL-\d{2}-\d+-\d+\|\d+$/;

/** How a performance is sold. */
export interface SaleSettings {
  /** The hall whose seats are sold; `null` for free seating up to the capacity. */
  readonly plan: string | null;
  /** Switched on by a person; before that it is only announced. */
  readonly open: boolean;
  readonly saleFrom: Moment | null;
  readonly saleUntil: Moment | null;
  /** Tickets per guest and number over all orders (P12); `null` for no maximum. */
  readonly guestMax: number | null;
  readonly basketMax: number;
  readonly holdMinutes: number;
  readonly priceText: string;
  readonly nationalNumber: string | null;
  readonly series: string | null;
  readonly listBeforeMinutes: number;
  readonly codeBeforeMinutes: number;
}

export interface TicketType {
  readonly id: string;
  readonly name: string;
  readonly kind: 'normal' | 'discount' | 'free' | 'other' | null;
  readonly kindReason: string;
  readonly staffOnly: boolean;
}

/** What must be there before sale can start; each is named to the administrator. */
export type Missing =
  | 'ticket-types'
  | 'prices'
  | 'ticket-type-kinds'
  | 'capacity'
  | 'sms-not-enabled'
  | 'sms-not-tested'
  | 'portal-not-answering';

const moment = z.number().int().min(0).describe('milliseconds since 1970');
const minutes = z.number().int().min(0).max(10_080);
const cents = z.number().int().min(-1_000_000).max(10_000_000);

const settings = {
  plan: z.string().max(64).nullable().describe('a hall; null for free seating'),
  open: z.boolean().describe('whether it may be sold; refused while something is missing'),
  saleFrom: moment.nullable(),
  saleUntil: moment.nullable(),
  guestMax: z.number().int().min(1).max(1_000).nullable(),
  basketMax: z.number().int().min(1).max(50),
  holdMinutes: z.number().int().min(1).max(240),
  priceText: z.string().max(2_000),
  nationalNumber: z.string().max(60).regex(NATIONAL_NUMBER).nullable(),
  series: z.string().max(64).nullable(),
  listBeforeMinutes: minutes,
  codeBeforeMinutes: minutes,
};

export const SaleChanges = z
  .strictObject({
    ...settings,
    confirmSaleUntil: moment.describe('the same moment again, where it is before the start'),
  })
  .partial();
export const SaleView = z.object(settings).extend({ missing: z.array(z.string()) });

export const NewType = z.strictObject({
  id: z.string().max(64).optional().describe('of one that is there already'),
  name: z.string().trim().min(1).max(100),
  kind: z.enum(['normal', 'discount', 'free', 'other']).nullable().default(null),
  kindReason: z.string().max(200).default(''),
  staffOnly: z.boolean().default(false),
  prices: z
    .array(
      z.strictObject({
        rank: z.string().max(40).default('').describe('empty for free seating'),
        validFrom: moment.default(0).describe('a planned price holds from then on'),
        cents: cents.min(0),
      }),
    )
    .max(PRICES_MAX),
});
export const NewTypes = z.strictObject({ types: z.array(NewType).max(TYPES_MAX) });
export const TypesView = z.object({
  types: z.array(NewType.extend({ id: z.string() })),
});
export const SurchargeBody = z.strictObject({
  surcharges: z
    .array(
      z.strictObject({
        name: z.string().trim().min(1).max(100),
        per: z.enum(['ticket', 'order']),
        cents: cents.describe('negative for a discount'),
      }),
    )
    .max(SURCHARGES_MAX),
});
