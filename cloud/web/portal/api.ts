import type { PortalHouse, PortalLanguage, PortalView } from '../../portal/index.ts';

export type { PortalHouse, PortalLanguage, PortalView, TicketView } from '../../portal/index.ts';

/** A request that has not been answered by then has failed. */
const PATIENCE_MS = 8_000;

/** What the cloud has refused, by its stable code; `offline` where it could not be asked. */
export class PortalFault extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.name = 'PortalFault';
    this.code = code;
  }
}

let spoken: PortalLanguage | undefined;
/** From now on each request says which language the guest has chosen: lanes speak it too. */
export function speak(language: PortalLanguage): void {
  spoken = language;
}

async function ask<T>(path: string, body?: object): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(`./api/${path}`, {
      method: body ? 'POST' : 'GET',
      signal: AbortSignal.timeout(PATIENCE_MS),
      cache: 'no-store',
      headers: {
        ...(spoken && { 'accept-language': spoken }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  } catch {
    throw new PortalFault('offline');
  }
  if (answer.status === 204) return undefined as T;
  const said = await answer.json().catch(() => ({ code: 'offline' }));
  if (!answer.ok) throw new PortalFault(said.code ?? 'offline');
  return said as T;
}

export const api = {
  house: () => ask<PortalHouse & { now: number }>('house'),
  askCode: (phone: string, language: PortalLanguage) => ask('code', { phone, language }),
  login: (phone: string, code: string, publicKey: string) =>
    ask<PortalView>('login', { phone, code, publicKey }),
  tickets: () => ask<PortalView>('tickets'),
  newKey: (publicKey: string) => ask<PortalView>('key', { publicKey }),
  logout: () => ask<undefined>('logout', {}),
};
