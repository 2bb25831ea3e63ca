/** An order in a list of found ones. */
export interface FoundOrder {
  readonly id: string;
  readonly number: string;
  readonly name: string;
  readonly email: string;
  readonly state: OrderState;
  readonly created: number;
  readonly total: number;
  readonly tickets: number;
  readonly secure: boolean;
  /** Its ends only. */
  readonly phone: string | null;
}
export type OrderState =
  | 'option'
  | 'awaiting-payment'
  | 'confirmed'
  | 'cancelled'
  | 'expired'
  | 'refunded';

export type PaymentState =
  | 'making'
  | 'open'
  | 'paid'
  | 'cancelled'
  | 'expired'
  | 'failed'
  | 'wrong';

export interface OrderItem {
  readonly id: string;
  readonly performance: string;
  readonly title: string;
  readonly starts: number;
  readonly label: Readonly<Record<string, string | undefined>>;
  readonly secure: boolean;
  readonly cents: number;
  readonly state: 'active' | 'cancelled' | 'refunded';
  readonly ticket: string | null;
}

export interface OrderView {
  readonly id: string;
  readonly number: string;
  readonly state: OrderState;
  readonly delivery: string;
  readonly created: number;
  readonly expires: number | null;
  readonly secure: boolean;
  readonly items: readonly OrderItem[];
  readonly charges: readonly { readonly name: string; readonly cents: number }[];
  readonly total: number;
  /** How the newest payment for it stands. */
  readonly payment: PaymentState | null;
  readonly portal: string | null;
  readonly name: string;
  readonly email: string;
  readonly note: string;
  readonly events: readonly {
    readonly at: number;
    readonly what: string;
    readonly by: string | null;
    readonly reason: string | null;
  }[];
}

/** What a delivery answered; `code` only where it is for paper. */
export interface Delivered {
  readonly ticket: string;
  readonly kind: 'regular' | 'secure';
  readonly newCode: boolean;
  readonly used: boolean;
  readonly code?: string;
}

/** How an order stands, as a colour. */
export function toneOf(state: OrderState): 'good' | 'warn' | 'bad' {
  if (state === 'confirmed') return 'good';
  return state === 'option' || state === 'awaiting-payment' ? 'warn' : 'bad';
}

/** A new key for an order: the same one sent twice gives the same order. */
export function newKey(): string {
  return crypto.randomUUID().replaceAll('-', '');
}
