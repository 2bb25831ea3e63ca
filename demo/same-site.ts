import { isIP } from 'node:net';

/** The parts of a request's head that say where it comes from. */
export interface RequestHead {
  readonly method: string;
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
  readonly 'sec-fetch-site'?: string | undefined;
  readonly 'sec-fetch-mode'?: string | undefined;
}

/**
 * Whether a request comes from our own page (or from no page at all). The page can open a gate, so
 * no other site may use a visitor's browser for it: neither by sending to this address, nor by a
 * name of its own that points here.
 * @param names host names besides `localhost` and plain addresses by which one may come
 */
export function isOwnRequest(head: RequestHead, names: readonly string[]): boolean {
  const host = hostOf(head.host);
  if (host === undefined || !isOwnName(host, names)) return false;
  if (head.origin !== undefined && originHost(head.origin) !== head.host) return false;
  const site = head['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return true;
  // following a link to the page is fine from anywhere
  return head.method === 'GET' && head['sec-fetch-mode'] === 'navigate';
}

function isOwnName(host: string, names: readonly string[]): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  return bare === 'localhost' || isIP(bare) !== 0 || names.includes(bare);
}

function hostOf(host: string | undefined): string | undefined {
  return host === undefined ? undefined : URL.parse(`http://${host}`)?.hostname;
}

function originHost(origin: string): string | undefined {
  return URL.parse(origin)?.host;
}
