import type { Generated } from 'kysely';

export interface HallTable {
  id: string;
  name: string;
  created: number;
}

export interface HallRankTable {
  hall: string;
  id: string;
  name: string;
  position: number;
}

export interface HallSeatTable {
  id: string;
  hall: string;
  rank: string;
  row: string;
  number: string;
  /** Counted from the front. */
  line: number;
  /** Along the line; a missing one is an aisle. */
  place: number;
  wheelchair: number;
  companion: number;
  door: string | null;
}

export interface PerformanceSaleTable {
  performance: string;
  /** The hall whose seats are sold; `null` for free seating. */
  plan: string | null;
  open: number;
  sale_from: number | null;
  sale_until: number | null;
  /** Tickets per guest and number over all orders (P12). */
  guest_max: number | null;
  basket_max: number;
  hold_minutes: number;
  price_text: string;
  national_number: string | null;
  series: string | null;
  list_before_minutes: number;
  code_before_minutes: number;
}

export interface TicketTypeTable {
  id: string;
  performance: string;
  name: string;
  kind: 'normal' | 'discount' | 'free' | 'other' | null;
  kind_reason: string;
  staff_only: number;
  position: number;
}

export interface PriceTable {
  type: string;
  /** Empty for free seating. */
  rank: string;
  valid_from: number;
  cents: number;
}

export interface SurchargeTable {
  id: string;
  /** `null` for all performances. */
  performance: string | null;
  name: string;
  per: 'ticket' | 'order';
  /** Negative for a discount. */
  cents: number;
}

export interface SeriesTable {
  id: string;
  name: string;
  /** The performance whose settings a new one starts from. */
  pattern: string;
  created: number;
}

/** Sold along with tickets of a performance. */
export interface ExtraTable {
  id: string;
  performance: string;
  name: string;
  cents: number;
  /** In one order. */
  most: number;
  /** Of all orders together; `null` for as many as are asked for. */
  stock: number | null;
  position: number;
}

export interface BasketExtraTable {
  basket: string;
  extra: string;
  count: number;
  /** Of one, at the moment at which it went in. */
  cents: number;
}

export interface BasketTable {
  /** SHA-256 of its token. */
  digest: string;
  account: string | null;
  /** The verified number it was filled with; only where it holds secure places. */
  phone: string | null;
  channel: string;
  until: number;
  ordered: string | null;
  created: number;
}

export interface PlaceTable {
  id: string;
  performance: string;
  seat: string | null;
  rank: string;
  state: 'held' | 'ordered' | 'blocked';
  type: string | null;
  basket: string | null;
  order_id: string | null;
  until: number | null;
  block: 'good' | 'conditional' | null;
  reason: string | null;
  value: number | null;
  created: number;
}

export interface SaleChannelTable {
  digest: string;
  name: string;
  kind: 'kiosk';
  created: number;
}

export type OrderState =
  | 'option'
  | 'awaiting-payment'
  | 'confirmed'
  | 'cancelled'
  | 'expired'
  | 'refunded';

export type DeliveryWay = 'e-ticket' | 'hard-copy' | 'pick-up' | 'post';

export interface OrderTable {
  id: string;
  /** For people. */
  number: string;
  /** SHA-256 of the token that opens it. */
  digest: string;
  client_key: string;
  basket: string | null;
  account: string | null;
  /** The number that its secure tickets are bound to (S2). */
  phone: string | null;
  name: string;
  email: string;
  contact_phone: string;
  language: string;
  channel: string;
  state: OrderState;
  delivery: DeliveryWay;
  total: number;
  note: string;
  placed_by: string | null;
  reason: string | null;
  expires: number | null;
  created: number;
  changed: number;
  confirmed: number | null;
  /** When its guest's account was removed, and name and addresses with it. */
  forgotten: number | null;
}

export interface OrderItemTable {
  id: string;
  order_id: string;
  performance: string;
  seat: string | null;
  rank: string;
  type: string;
  /** JSON: what stands on the ticket. */
  label: string;
  secure: number;
  cents: number;
  state: 'active' | 'cancelled' | 'refunded';
  ticket: string | null;
  position: number;
}

export interface OrderChargeTable {
  order_id: string;
  position: number;
  name: string;
  /** Of all of them together. */
  cents: number;
  /** Of something sold along, and how many. */
  extra: string | null;
  count: number;
}

export interface OrderEventTable {
  n: Generated<number>;
  order_id: string;
  at: number;
  what: string;
  by_whom: string | null;
  reason: string | null;
}

export interface PaymentSettingTable {
  tenant: string;
  value: string;
}

export interface PaymentTable {
  id: string;
  order_id: string;
  provider: string;
  /** The provider's own id, once it has given one. */
  reference: string | null;
  cents: number;
  currency: string;
  state: 'making' | 'open' | 'paid' | 'failed' | 'cancelled' | 'expired' | 'wrong';
  checkout: string | null;
  /** When the provider is to be asked about it next. */
  ask_at: number | null;
  asked: number;
  created: number;
  changed: number;
}

export interface RefundTable {
  id: string;
  payment: string;
  order_id: string;
  cents: number;
  currency: string;
  reason: string;
  state: 'waiting' | 'sent' | 'failed';
  reference: string | null;
  tries: number;
  try_at: number | null;
  created: number;
  changed: number;
}

export interface DeliveryTable {
  n: Generated<number>;
  ticket: string;
  performance: string;
  order_id: string | null;
  at: number;
  how: string;
  kind: 'regular' | 'secure';
  /** 1 where a secure ticket, or one that would have been, became regular. */
  made_regular: number;
  new_code: number;
  by_whom: string;
  reason: string;
  lane: string | null;
}

export interface DeliveryJobTable {
  id: string;
  performance: string;
  how: string;
  state: 'running' | 'done' | 'stopped';
  replace_code: number;
  by_whom: string;
  reason: string;
  after: string;
  total: number;
  delivered: number;
  skipped: number;
  created: number;
  changed: number;
}

export interface DeliveryJobRowTable {
  job: string;
  ticket: string;
  outcome: string;
}

export interface TicketBackgroundTable {
  kind: 'standard' | 'secure';
  /** PNG or JPEG. */
  picture: Uint8Array;
  changed: number;
}

export interface OrderTables {
  halls: HallTable;
  hall_ranks: HallRankTable;
  hall_seats: HallSeatTable;
  performance_sales: PerformanceSaleTable;
  ticket_types: TicketTypeTable;
  prices: PriceTable;
  surcharges: SurchargeTable;
  series: SeriesTable;
  extras: ExtraTable;
  basket_extras: BasketExtraTable;
  baskets: BasketTable;
  places: PlaceTable;
  sale_channels: SaleChannelTable;
  orders: OrderTable;
  order_items: OrderItemTable;
  order_charges: OrderChargeTable;
  order_events: OrderEventTable;
  payment_settings: PaymentSettingTable;
  payments: PaymentTable;
  refunds: RefundTable;
  deliveries: DeliveryTable;
  delivery_jobs: DeliveryJobTable;
  delivery_job_rows: DeliveryJobRowTable;
  ticket_backgrounds: TicketBackgroundTable;
}
