/** What of the shop a path shows. */
export type Place =
  | { readonly page: 'performances' | 'basket' | 'account' | 'login' | 'link' | 'missing' }
  | { readonly page: 'performance' | 'order' | 'test-payment'; readonly id: string };

/** Where the shop is served; every path of its own begins with it. */
export const ROOT = '/shop/';
const ONE = {
  performances: 'performance',
  orders: 'order',
  'test-payment': 'test-payment',
} as const;
const SINGLE = ['basket', 'account', 'login', 'link'] as const;
/** Paths that texts and mails name, and what they mean here. */
const SHORT: Readonly<Record<string, string>> = { '/account': 'account', '/login': 'login' };

/** The place that a path names. */
export function placeOf(path: string): Place {
  const [first = '', id, ...rest] = path.slice(ROOT.length).replace(/\/$/, '').split('/');
  if (!`${path}/`.startsWith(ROOT) || rest.length > 0) return { page: 'missing' };
  if (first === '') return { page: 'performances' };
  if (id !== undefined) {
    const page = Object.hasOwn(ONE, first) ? ONE[first as keyof typeof ONE] : undefined;
    return page === undefined || id === '' ? { page: 'missing' } : { page, id };
  }
  const page = SINGLE.find((name) => name === first);
  return { page: page ?? 'missing' };
}

/** The path of the shop that a link in a text means; undefined for one that leads elsewhere. */
export function ownPath(href: string, origin: string): string | undefined {
  const url = URL.parse(href, origin);
  if (!url || url.origin !== origin) return undefined;
  const short = SHORT[url.pathname];
  if (short !== undefined) return `${ROOT}${short}`;
  const own = url.pathname.startsWith(ROOT) && !url.pathname.startsWith(`${ROOT}api/`);
  return own ? `${url.pathname}${url.hash}` : undefined;
}

/** A path to go back to: only ever one of the shop itself. */
export function safeReturn(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const { page } = placeOf(path);
  return page === 'missing' || page === 'link' || page === 'login' ? undefined : path;
}
