import { createHash, type X509Certificate } from 'node:crypto';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { isIP } from 'node:net';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import type { Config } from './config-code.ts';
import { type ProvisioningErrorCode, provisioningError } from './errors.ts';
import { EnrolProblem } from './messages.ts';
import { ANY_TIME, distrust, type Era } from './server-trust.ts';

export const ATTEMPTS_MAX = 5;
export const ATTEMPT_TIMEOUT_MS = 10_000;
/** Waits between attempts, in milliseconds. */
export const PAUSES_MS = [500, 1_000, 2_000, 4_000] as const;
export const ANSWER_BYTES_MAX = 256 * 1024;
const CHAIN_CERTIFICATES_MAX = 8;
/** What a server may say in its own words; anything else is `server-failed`. */
const SERVER_CODES: readonly ProvisioningErrorCode[] = [
  'claim-unknown',
  'claim-used-up',
  'claim-expired',
  'claim-revoked',
  'gateway-revoked',
  'gateway-not-enrolled',
  'reservation-lapsed',
  'request-invalid',
];

/** A way to one enrolment server, already known to be the right one. */
export interface EnrolLink {
  /** PEM of the root certificate that matches a pin. */
  readonly root: string;
  /** The answer's JSON, unchecked. Throws the errors of `openPinnedLink`, or what the server said. */
  get(path: string): Promise<unknown>;
  post(path: string, body: unknown): Promise<unknown>;
}

/** @param era when it is, for the dates of certificates; left out where nobody knows. */
export type OpenEnrolLink = (config: Config, era?: Era) => Promise<EnrolLink>;

/**
 * Finds the server's root certificate by its pin; from then on every request checks the server
 * against that root alone, never against the system's store: name and chain, and dates as far as
 * anybody knows what time it is.
 * @throws `server-unreachable`, `server-pin-wrong`; requests also `server-certificate-invalid`,
 * `server-answer-invalid`, `server-failed` and every code of the table that the server answers
 */
export async function openPinnedLink(
  config: Config,
  era: Era = ANY_TIME,
  { pause = pauseFor as (ms: number) => Promise<unknown> } = {},
): Promise<EnrolLink> {
  const url = new URL(config.url);
  const chain = await persist(url.host, pause, () => chainOf(url));
  const pins = config.pins.map((pin) => Buffer.from(pin).toString('hex'));
  const root = chain.find((certificate) => pins.includes(pinOf(certificate)))?.toString();
  if (root === undefined) throw provisioningError('server-pin-wrong', { host: url.host });
  const ask = (method: string, path: string, body?: unknown) =>
    persist(url.host, pause, () => exchange({ url, root, era, method, path, body }));
  return {
    root,
    get: (path) => ask('GET', path),
    post: (path, body) => ask('POST', path, body),
  };
}

/**
 * What a server shows as its root, for a person to compare with the sheet: it proves nothing yet.
 * @returns SHA-256 of its DER
 * @throws `server-unreachable`, `server-pin-wrong` where it shows no root
 */
export async function seeRoot(
  address: string,
  { pause = pauseFor as (ms: number) => Promise<unknown> } = {},
): Promise<Uint8Array> {
  const url = new URL(address);
  const root = (await persist(url.host, pause, () => chainOf(url))).at(-1);
  if (!root?.checkIssued(root)) throw provisioningError('server-pin-wrong', { host: url.host });
  return createHash('sha256').update(root.raw).digest();
}

/** A failure that another attempt may mend. */
class Passing extends Error {
  readonly reason: string;
  readonly status: number | undefined;

  constructor(reason: string, status?: number) {
    super(reason);
    this.reason = reason;
    this.status = status;
  }
}

async function persist<T>(
  host: string,
  pause: (ms: number) => Promise<unknown>,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Passing)) throw error;
      if (attempts < ATTEMPTS_MAX) {
        await pause(PAUSES_MS[attempts - 1] ?? 0);
        continue;
      }
      const { reason, status } = error;
      throw status === undefined
        ? provisioningError('server-unreachable', { host, attempts, reason }, error)
        : provisioningError('server-failed', { host, status, reason }, error);
    }
  }
}

/** The certificates that the server shows; it proves nothing yet but that it holds the first. */
function chainOf(url: URL): Promise<X509Certificate[]> {
  return new Promise((resolve, reject) => {
    // Only the chain is read here, nothing is said; `exchange` checks it in full.
    const socket = dial(url);
    socket.once('secureConnect', () => {
      const chain: X509Certificate[] = [];
      let certificate = socket.getPeerX509Certificate();
      while (certificate !== undefined && chain.length < CHAIN_CERTIFICATES_MAX) {
        chain.push(certificate);
        const above: X509Certificate | undefined = certificate.issuerCertificate;
        certificate = above?.fingerprint256 === certificate.fingerprint256 ? undefined : above;
      }
      socket.destroy();
      resolve(chain);
    });
    socket.once('timeout', () => socket.destroy(new Passing('ETIMEDOUT')));
    socket.once('error', (error) => reject(passing(error)));
    socket.once('close', () => reject(new Passing('ECONNRESET')));
  });
}

/** A connection on which nobody is believed yet. */
function dial(url: URL, root?: string): TLSSocket {
  const host = hostOf(url);
  return connect({
    host,
    port: Number(url.port || 443),
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(root !== undefined && { ca: [root] }),
    rejectUnauthorized: false,
    timeout: ATTEMPT_TIMEOUT_MS,
  });
}

/** A connection to a server that is believed; nothing has been said on it. */
function trusted(url: URL, root: string, era: Era): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = dial(url, root);
    socket.once('secureConnect', () => {
      const reason = distrust(socket, { roots: [root], host: hostOf(url), era });
      if (reason === undefined) return resolve(socket);
      socket.destroy();
      reject(provisioningError('server-certificate-invalid', { host: url.host, reason }));
    });
    socket.once('timeout', () => socket.destroy(new Passing('ETIMEDOUT')));
    socket.once('error', (error) => reject(passing(error)));
    socket.once('close', () => reject(new Passing('ECONNRESET')));
  });
}

interface Exchange {
  readonly url: URL;
  readonly root: string;
  readonly era: Era;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

async function exchange({ url, root, era, method, path, body }: Exchange): Promise<unknown> {
  const socket = await trusted(url, root, era);
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const asked = request({
    ...{ method, path },
    createConnection: () => socket,
    signal: AbortSignal.timeout(ATTEMPT_TIMEOUT_MS),
    headers: { host: url.host, ...type },
  });
  const { status, text } = await answerTo(asked, body, url.host);
  const answer = parse(text);
  if (status === 200 && answer !== undefined) return answer;
  if (status === 200) {
    throw provisioningError('server-answer-invalid', { host: url.host, fault: 'not JSON' });
  }
  throw problem(status, answer, url.host);
}

function answerTo(asked: ClientRequest, body: unknown, host: string) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    asked.once('error', (error) => reject(passing(error)));
    asked.once('response', (answer) => {
      collect(answer, host).then(
        (text) => resolve({ status: answer.statusCode ?? 0, text }),
        (error: Error) => reject(error),
      );
    });
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function collect(answer: IncomingMessage, host: string): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of answer as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > ANSWER_BYTES_MAX) break;
      parts.push(part);
    }
  } catch (error) {
    throw passing(error as Error);
  }
  if (size > ANSWER_BYTES_MAX) {
    throw provisioningError('server-answer-invalid', { host, fault: 'it is too large' });
  }
  return Buffer.concat(parts).toString('utf8');
}

function problem(status: number, answer: unknown, host: string): Error {
  const said = EnrolProblem.safeParse(answer);
  const code = said.success ? said.data.code : 'no reason';
  if (status >= 500 || status === 429) return new Passing(code, status);
  const known = SERVER_CODES.find((candidate) => candidate === code);
  if (known !== undefined) return provisioningError(known, { fault: said.data?.message });
  return provisioningError('server-failed', { host, status, reason: code });
}

function passing(error: Error): Passing {
  if (error instanceof Passing) return error;
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return new Passing('ETIMEDOUT');
  return new Passing(codeOf(error) ?? 'no reason');
}

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function pinOf(certificate: X509Certificate): string {
  return createHash('sha256').update(certificate.raw).digest('hex');
}

/** An IPv6 address stands in brackets in a URL and without them elsewhere. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}
