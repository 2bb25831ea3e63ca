import type { LaneReading } from '@gatehouse/protocol';

/** What the cloud answers to an unsuccessful request. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, message: string, details: Record<string, unknown>) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

export interface Production {
  readonly id: string;
  readonly title: string;
}

export interface Performance {
  readonly id: string;
  readonly title: string;
  readonly hall: string;
  readonly starts: number;
  readonly opens: number;
  readonly closes: number;
  readonly secure: boolean;
  /** What becomes of secure tickets without the cloud (S13). */
  readonly offline: 'refuse' | 'staff' | 'verify';
  readonly capacity: number | null;
  readonly inside: number;
}

/** A performance with its numbers. */
export interface PerformanceNumbers extends Performance {
  readonly tickets: number;
  readonly used: number;
}

export interface Ticket {
  readonly id: string;
  readonly kind: 'regular' | 'secure';
  readonly status: 'valid' | 'unpaid' | 'blocked' | 'cancelled' | 'taken-back';
  readonly uses: number;
  readonly used: number;
  readonly label: Readonly<Record<string, string | undefined>>;
  readonly code?: string;
}

export interface Gateway {
  readonly id: string;
  readonly name: string;
  readonly venue: string;
  readonly entrance: string;
  readonly revoked: boolean;
  readonly standing: 'reserved' | 'waiting' | 'active' | 'revoked';
  /** Six characters of its key, also on its screen. */
  readonly keyMark: string;
  readonly configuration: GatewayConfiguration;
  /** Version of the configuration that it runs. */
  readonly applied: number;
  readonly refused: {
    readonly version: number;
    readonly code: string;
    readonly fault: string;
  } | null;
  readonly certificateEnds: number | null;
  readonly clock: 'trusted' | 'plausible' | 'untrusted' | null;
  readonly health: {
    readonly temperature?: number;
    readonly armed?: boolean;
    readonly reading?: {
      readonly reads: number;
      readonly phantoms: number;
      readonly took: number | null;
      readonly lanes?: readonly LaneReading[];
    };
  } | null;
  readonly alerts: readonly string[];
  readonly software: string;
  readonly hardware: string;
  readonly online: boolean;
  readonly heartbeat: number | null;
  readonly queue: { readonly rows: number } | null;
  readonly disk: { readonly free: number; readonly low: boolean } | null;
  readonly peers: { readonly heard: readonly string[]; readonly missing: readonly string[] } | null;
  readonly lanes: readonly (LaneConfiguration & {
    readonly state: string | null;
    readonly fault: string | null;
    /** It admits though its journal can't be written, and why. */
    readonly unrecorded: string | null;
  })[];
}

/** Something that people should look at in a gateway. */
export interface FleetAlert {
  readonly gateway: string;
  readonly name: string;
  readonly alert: string;
  readonly since: number;
}

export interface LaneConfiguration {
  readonly lane: string;
  readonly name: string;
  readonly direction: 'entry' | 'exit';
  readonly staffed: boolean;
}

export interface GatewayConfiguration {
  readonly version: number;
  readonly name: string;
  readonly venue: string;
  readonly entrance: string;
  readonly language: string;
  readonly halls: readonly string[];
  readonly lanes: readonly LaneConfiguration[];
  readonly withoutJournal?: 'close' | 'open';
  readonly hardware?: { readonly profile?: string; readonly camera?: string };
}

export interface Scan {
  readonly n: number;
  readonly gateway: string;
  readonly scanId: string;
  readonly lane: string;
  readonly performance: string | null;
  readonly verdict: string | null;
  readonly decidedBy: 'cloud' | 'gateway' | 'staff';
  readonly details: Readonly<Record<string, unknown>>;
  readonly at: number;
  readonly result: string | null;
  readonly resultAt: number | null;
}

export interface Admissions {
  readonly now: number;
  readonly admissions: readonly {
    readonly minute: number;
    readonly gateway: string;
    readonly lane: string;
    readonly entries: number;
    readonly exits: number;
  }[];
}

/** With what a page speaks to the API: a token, or the token of a session that is in a cookie. */
export type Login = { readonly token: string } | { readonly csrf: string };

/** Speaks to the cloud's API for whoever is logged in. */
export interface Api {
  get<T>(path: string, signal?: AbortSignal): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
  patch<T>(path: string, body: unknown): Promise<T>;
  put<T>(path: string, body: unknown): Promise<T>;
  remove(path: string): Promise<void>;
  /** Sends a file as it is. */
  upload<T>(path: string, file: Blob, type: string, method?: 'POST' | 'PUT'): Promise<T>;
  /** An answer whose body is read while it comes. */
  open(path: string, signal: AbortSignal): Promise<Response>;
}

const BASE = '/api/v1';

/** A browser says in words of its own that there is no connection. */
function unreached(fault: unknown): never {
  if (!(fault instanceof TypeError)) throw fault;
  throw new ApiError(0, 'no-connection', 'The cloud cannot be reached. Try again.', {});
}

/** Every call throws `ApiError` when the cloud refuses or cannot be reached. */
export function cloudApi(login: Login): Api {
  async function send(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if ('token' in login) headers.set('authorization', `Bearer ${login.token}`);
    else headers.set('x-csrf-token', login.csrf);
    const answer = await fetch(`${BASE}${path}`, { ...init, method, headers }).catch(unreached);
    if (answer.ok) return answer;
    const said = (await answer.json().catch(() => ({}))) as Partial<ApiError>;
    const { code = 'unknown', message = answer.statusText, details = {} } = said;
    throw new ApiError(answer.status, code, message, details);
  }
  const json = async <T>(sent: Promise<Response>) => {
    const answer = await sent;
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  };
  const withBody = (body: unknown): RequestInit => ({
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
  return {
    get: (path, signal) => json(send('GET', path, signal ? { signal } : {})),
    post: (path, body) => json(send('POST', path, withBody(body))),
    patch: (path, body) => json(send('PATCH', path, withBody(body))),
    put: (path, body) => json(send('PUT', path, withBody(body))),
    remove: async (path) => {
      await send('DELETE', path);
    },
    upload: (path, file, type, method = 'POST') =>
      json(send(method, path, { body: file, headers: { 'content-type': type } })),
    open: (path, signal) => send('GET', path, { signal }),
  };
}
