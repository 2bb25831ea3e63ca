import { kept } from './visit.ts';

export type Language = 'nl' | 'en';

export interface House {
  readonly name: string;
  readonly timeZone: string;
  readonly now: number;
  readonly pays: 'mollie' | 'test' | null;
}
export interface Shown {
  readonly id: string;
  readonly title: string;
  readonly hall: string;
  readonly starts: number;
  readonly ends: number | null;
  readonly secure: boolean;
  readonly saleFrom: number | null;
  readonly saleUntil: number | null;
  readonly state: 'announced' | 'soon' | 'open' | 'closed';
  readonly free: number;
  readonly verify: 'no' | 'phone' | 'login';
  readonly charges: readonly { name: string; per: 'ticket' | 'order'; cents: number }[];
}
export interface TypeView {
  readonly id: string;
  readonly name: string;
  readonly prices: readonly { rank: string; cents: number }[];
}
export interface Detail extends Shown {
  readonly seated: boolean;
  readonly priceText: string;
  readonly guestMax: number | null;
  readonly basketMax: number;
  readonly ranks: readonly { id: string; name: string }[];
  readonly types: readonly TypeView[];
  /** Sold along with the tickets; `left` is null where nothing limits them. */
  readonly extras?: readonly Extra[];
}
export interface Extra {
  readonly id: string;
  readonly name: string;
  readonly cents: number;
  readonly most: number;
  readonly left: number | null;
}
export interface SeatView {
  readonly id: string;
  readonly rank: string;
  readonly row: string;
  readonly number: string;
  readonly line: number;
  readonly place: number;
  readonly wheelchair: boolean;
  readonly companion: boolean;
  readonly free: boolean;
}
export interface Label {
  readonly type?: string;
  readonly rank?: string;
  readonly row?: string;
  readonly seat?: string;
  readonly door?: string;
}
export interface Basket {
  readonly items: readonly {
    readonly id: string;
    readonly performance: string;
    readonly title: string;
    readonly secure: boolean;
    readonly label: Label;
    readonly cents: number;
  }[];
  readonly charges: readonly { name: string; cents: number }[];
  readonly extras?: readonly { extra: string; count: number }[];
  readonly total: number;
  readonly until: number;
  readonly secure: boolean;
}
export interface Wish {
  readonly performance: string;
  readonly tickets: readonly { type: string; count: number }[];
  readonly rank?: string;
  readonly seats?: readonly string[];
}
export interface NewOrder {
  readonly key: string;
  readonly name: string;
  readonly email: string;
  readonly language: Language;
  readonly delivery: 'e-ticket' | 'pick-up';
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
export interface Order {
  readonly id: string;
  readonly number: string;
  readonly state: OrderState;
  readonly delivery: string;
  readonly created: number;
  readonly expires: number | null;
  readonly secure: boolean;
  readonly items: readonly {
    readonly id: string;
    readonly title: string;
    readonly starts: number;
    readonly label: Label;
    readonly secure: boolean;
    readonly cents: number;
    readonly state: 'active' | 'cancelled' | 'refunded';
  }[];
  readonly charges: readonly { name: string; cents: number }[];
  readonly total: number;
  /** How the newest payment for it stands. */
  readonly payment: PaymentState | null;
  readonly portal: string | null;
}
export interface Account {
  readonly email: string;
  readonly name: string | null;
  readonly language: Language;
  readonly hasPassword: boolean;
  readonly phone: string | null;
  readonly verified: boolean;
}
export interface Session {
  readonly account: Account;
  readonly csrf: string;
}
export interface Login {
  readonly id: string;
  readonly agent: string;
  readonly seen: number;
  readonly own: boolean;
}

/** A request that has not been answered by then has failed. */
const PATIENCE_MS = 15_000;
const SHOP = '/shop/api/v1';
const ACCOUNT = '/account/api/v1';

/** What the cloud has refused, by its stable code; `offline` where it could not be asked. */
export class ShopFault extends Error {
  readonly code: string;
  readonly details: Readonly<Record<string, string | number>>;
  constructor(code: string, details: Readonly<Record<string, string | number>> = {}) {
    super(code);
    this.name = 'ShopFault';
    this.code = code;
    this.details = details;
  }
}

interface Asked {
  readonly method?: string;
  readonly body?: object;
  readonly order?: string;
}

/** Token of the session for changes; set by whoever learns it. */
let csrf = '';
export function useCsrf(token: string): void {
  csrf = token;
}

async function answerTo(path: string, { method, body, order }: Asked): Promise<Response> {
  const basket = kept.basket()?.token;
  const token = order === undefined ? undefined : kept.orderToken(order);
  const channel = kept.channel();
  let answer: Response;
  try {
    answer = await fetch(path, {
      method: method ?? (body ? 'POST' : 'GET'),
      signal: AbortSignal.timeout(PATIENCE_MS),
      cache: 'no-store',
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(path.startsWith(ACCOUNT) && csrf && { 'x-csrf-token': csrf }),
        ...(basket !== undefined && path.startsWith(SHOP) && { 'x-basket': basket }),
        ...(token !== undefined && { 'x-order': token }),
        ...(channel !== undefined && path.startsWith(SHOP) && { 'x-channel': channel }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ShopFault('offline');
  }
  if (answer.ok) return answer;
  const said = await answer.json().catch(() => ({}));
  throw new ShopFault(said.code ?? 'http-failed', said.details);
}

async function ask<T>(path: string, asked: Asked = {}): Promise<T> {
  const answer = await answerTo(path, asked);
  if (answer.status === 204) return undefined as T;
  return (await answer.json().catch(() => {
    throw new ShopFault('offline');
  })) as T;
}

const own = (order: string) => ({ order });

/** The shop's own calls. */
export const api = {
  house: () => ask<House>(`${SHOP}/house`),
  text: (name: string, language: Language) =>
    ask<{ html: string }>(`${SHOP}/texts/${name}?language=${language}`),
  performances: () => ask<{ performances: Shown[] }>(`${SHOP}/performances`),
  performance: (id: string) => ask<Detail>(`${SHOP}/performances/${id}`),
  seats: (id: string) => ask<{ seats: SeatView[] }>(`${SHOP}/performances/${id}/seats`),
  hold: (wish: Wish) =>
    ask<{ token: string; basket: Basket }>(`${SHOP}/basket/places`, { body: wish }),
  basket: () => ask<Basket>(`${SHOP}/basket`),
  setExtra: (extra: string, count: number) =>
    ask<Basket>(`${SHOP}/basket/extras`, { method: 'PUT', body: { extra, count } }),
  giveBack: (place: string) => ask<Basket>(`${SHOP}/basket/places/${place}`, { method: 'DELETE' }),
  dropBasket: () => ask<undefined>(`${SHOP}/basket`, { method: 'DELETE' }),
  placeOrder: (order: NewOrder) =>
    ask<{ token: string; order: Order }>(`${SHOP}/orders`, { body: order }),
  orders: () => ask<{ orders: Order[] }>(`${SHOP}/orders`),
  order: (id: string) => ask<Order>(`${SHOP}/orders/${id}`, own(id)),
  cancel: (id: string) => ask<Order>(`${SHOP}/orders/${id}/cancel`, { method: 'POST', ...own(id) }),
  pay: (id: string) =>
    ask<{ payment: string; checkout: string }>(`${SHOP}/orders/${id}/payments`, {
      ...{ method: 'POST', ...own(id) },
    }),
  endTestPayment: (id: string, outcome: string) =>
    ask<{ state: string }>(`${SHOP}/test-payments/${id}`, { body: { outcome } }),
  tickets: async (id: string) =>
    (await answerTo(`${SHOP}/orders/${id}/tickets.pdf`, own(id))).blob(),
};

/** Calls about the guest's own account. */
export const accountApi = {
  session: () => ask<{ session: Session | null }>(`${ACCOUNT}/session`),
  login: (email: string, password: string) =>
    ask<Session>(`${ACCOUNT}/login`, { body: { email, password } }),
  mailLink: (email: string, language: Language) =>
    ask(`${ACCOUNT}/login-link`, { body: { email, language } }),
  forgot: (email: string, language: Language) =>
    ask(`${ACCOUNT}/forgot`, { body: { email, language } }),
  register: (email: string, language: Language, password?: string) =>
    ask(`${ACCOUNT}/register`, { body: { email, language, ...(password && { password }) } }),
  useLink: (link: string, confirmed: boolean) =>
    ask<{ purpose: string; isNew: boolean; session: Session | null }>(`${ACCOUNT}/links/use`, {
      body: { link, confirmed },
    }),
  logout: () => ask(`${ACCOUNT}/logout`, { method: 'POST' }),
  change: (change: { name?: string | null; language?: Language }) =>
    ask<Account>(`${ACCOUNT}/account`, { method: 'PATCH', body: change }),
  remove: () => ask(`${ACCOUNT}/account`, { method: 'DELETE' }),
  changeEmail: (email: string) => ask(`${ACCOUNT}/email`, { body: { email } }),
  setPassword: (password: string, current?: string) =>
    ask<{ csrf: string }>(`${ACCOUNT}/password`, {
      body: { password, ...(current && { current }) },
    }),
  prove: (password: string) => ask<{ csrf: string }>(`${ACCOUNT}/prove`, { body: { password } }),
  logins: () => ask<{ sessions: Login[] }>(`${ACCOUNT}/sessions`),
  endLogin: (id: string) => ask(`${ACCOUNT}/sessions/${id}`, { method: 'DELETE' }),
  askCode: (phone: string, country: string) =>
    ask<{ phone: string | null; verified: boolean; resendMs: number | null }>(`${ACCOUNT}/phone`, {
      body: { phone, country },
    }),
  verify: (code: string) =>
    ask<{ phone: string | null; verified: boolean }>(`${ACCOUNT}/phone/verify`, { body: { code } }),
};
