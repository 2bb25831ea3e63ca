const TOKEN_KEY = 'gatehouse-token';

/** The part of the browser that remembers a token until its tab is closed. */
export type TokenStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** The token in an address such as `/admin/#token=…`; a fragment is never sent to a server. */
export function tokenIn(fragment: string): string | undefined {
  return new URLSearchParams(fragment.replace(/^#/, '')).get('token') || undefined;
}

/** The token of the address, which is then kept, else the one kept before. */
export function firstToken(fragment: string, store: TokenStore): string {
  const given = tokenIn(fragment);
  if (given) store.setItem(TOKEN_KEY, given);
  return given ?? store.getItem(TOKEN_KEY) ?? '';
}

export function keepToken(token: string, store: TokenStore): void {
  if (token) store.setItem(TOKEN_KEY, token);
  else store.removeItem(TOKEN_KEY);
}
