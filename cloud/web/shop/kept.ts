/** What the browser remembers of a visit: tokens of a basket and of orders, never personal data. */
export interface KeptBasket {
  readonly token: string;
  /** Makes the order that comes of it the same one, however often it is asked for. */
  readonly key: string;
}

/** Orders whose tokens are kept; the oldest is forgotten. */
export const ORDERS_KEPT_MAX = 20;
/** A page to go back to is forgotten after this; a link by mail is good for 15 minutes. */
export const RETURN_MS = 30 * 60_000;
const KEY_BYTES = 16;

export interface Storage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export type Kept = ReturnType<typeof createKept>;

/**
 * @param storage of the browser; one that refuses to keep is as good as one that forgets
 */
export function createKept(storage: Storage, now: () => number) {
  const read = <T>(name: string): T | undefined => {
    try {
      const text = storage.getItem(`gatehouse-${name}`);
      return text === null ? undefined : (JSON.parse(text) as T);
    } catch {
      // Forbidden or damaged: the visit goes on without what was kept.
      return undefined;
    }
  };
  const write = (name: string, value: unknown): void => {
    try {
      if (value === undefined) storage.removeItem(`gatehouse-${name}`);
      else storage.setItem(`gatehouse-${name}`, JSON.stringify(value));
    } catch (fault) {
      console.warn(fault);
    }
  };
  const orders = () => read<{ id: string; token: string }[]>('orders') ?? [];
  return {
    basket: () => read<KeptBasket>('basket'),
    setBasket: (basket: KeptBasket | undefined) => write('basket', basket),
    orderToken: (id: string) => orders().find((order) => order.id === id)?.token,
    addOrder(id: string, token: string) {
      const others = orders().filter((order) => order.id !== id);
      write('orders', [{ id, token }, ...others].slice(0, ORDERS_KEPT_MAX));
    },
    /** The order that is being paid for. */
    paying: () => read<string>('paying'),
    setPaying: (order: string | undefined) => write('paying', order),
    returnTo() {
      const kept = read<{ path: string; at: number }>('return');
      return kept && kept.at + RETURN_MS > now() ? kept.path : undefined;
    },
    setReturn(path: string | undefined) {
      write('return', path === undefined ? undefined : { path, at: now() });
    },
    language: () => read<string>('shop-language'),
    setLanguage: (language: string) => write('shop-language', language),
    /** Of a kiosk: the token of its sales channel. */
    channel: () => read<string>('channel'),
    setChannel: (token: string) => write('channel', token),
  };
}

/** A key that nobody else makes; also where the page is not served over TLS. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
