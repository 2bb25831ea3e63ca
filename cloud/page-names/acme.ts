import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import { pageNameError } from './errors.ts';
import { type Answer, ask } from './https.ts';

/** An ACME client (RFC 8555) for one thing: a certificate for one name, proved by DNS-01. */

/** A nonce may be refused though it was good; the answer brings another. */
const NONCES_MAX = 5;
/** Looks at an order or a challenge, and the pause between two. */
export const POLLS_MAX = 40;
export const POLL_MS = 3_000;
/** Of what an authority says in its own words, so much is kept. */
const SAID_MAX = 300;

/** Our account at an authority. */
export interface AcmeAccount {
  readonly directory: string;
  /** P-256, PKCS #8 PEM. */
  readonly key: string;
  /** Its address. */
  readonly kid: string;
}

export interface AcmeParts {
  readonly directory: string;
  /** PEM of the authority that vouches for the directory's server, where it is one of one's own. */
  readonly ca: string | null;
  readonly contact: string | null;
  readonly account: AcmeAccount | undefined;
  /** Is told of a new account before anything is ordered with it. */
  keep(account: AcmeAccount): Promise<void>;
  /** Sets a TXT record, and resolves when it can be seen; `clear` takes it away. */
  prove(name: string, value: string): Promise<{ clear(): Promise<void> }>;
  pause(ms: number): Promise<void>;
}

interface Directory {
  readonly newNonce: string;
  readonly newAccount: string;
  readonly newOrder: string;
}
interface Order {
  readonly status: string;
  readonly authorizations: readonly string[];
  readonly finalize: string;
  readonly certificate?: string;
}
interface Authorization {
  readonly status: string;
  readonly challenges: readonly {
    readonly type: string;
    readonly url: string;
    readonly token: string;
    readonly error?: { readonly detail?: string };
  }[];
}

/**
 * Orders a certificate.
 * @param csr DER, for that name alone
 * @returns the chain, PEM, the certificate first
 * @throws `acme-…`, and what `prove` throws
 */
export async function orderCertificate(
  parts: AcmeParts,
  name: string,
  csr: Uint8Array,
): Promise<string> {
  const session = await openSession(parts);
  const { location, body: order } = await session.post<Order>(session.directory.newOrder, {
    identifiers: [{ type: 'dns', value: name }],
  });
  for (const url of order.authorizations) await authorize(parts, session, name, url);
  await session.post(order.finalize, { csr: Buffer.from(csr).toString('base64url') });
  const done = await session.until<Order>(location, ({ status }) => status === 'valid');
  if (!done.certificate) throw pageNameError('acme-answer-invalid', { said: 'no certificate' });
  return session.read(done.certificate);
}

async function authorize(parts: AcmeParts, session: Session, name: string, url: string) {
  const { body: found } = await session.post<Authorization>(url);
  if (found.status === 'valid') return;
  const challenge = found.challenges.find(({ type }) => type === 'dns-01');
  if (!challenge) throw pageNameError('acme-refused', { said: 'it offers no dns-01' });
  const value = createHash('sha256')
    .update(`${challenge.token}.${session.thumbprint}`)
    .digest('base64url');
  const proof = await parts.prove(`_acme-challenge.${name}`, value);
  try {
    await session.post(challenge.url, {});
    await session.until<Authorization>(url, ({ status }) => status === 'valid');
  } finally {
    await proof.clear();
  }
}

type Session = Awaited<ReturnType<typeof openSession>>;

async function openSession(parts: AcmeParts) {
  const { ca, pause } = parts;
  const known = parts.account?.directory === parts.directory ? parts.account : undefined;
  const key = known ? createPrivateKey(known.key) : newKey();
  const { jwk, thumbprint } = publicPart(key);
  const directory = jsonOf<Directory>(await asked({ url: parts.directory, method: 'GET', ca }));
  let kid = known?.kid;
  let nonce: string | undefined;

  async function freshNonce(): Promise<string> {
    const { headers } = await asked({ url: directory.newNonce, method: 'HEAD', ca });
    return headers['replay-nonce'] ?? '';
  }

  /** Without a payload it only reads (POST-as-GET). */
  async function send(url: string, payload?: object): Promise<Answer> {
    for (let tries = 1; ; tries += 1) {
      const head = { alg: 'ES256', nonce: nonce ?? (await freshNonce()), url };
      const body = signed(key, { ...head, ...(kid ? { kid } : { jwk }) }, payload);
      const headers = { 'content-type': 'application/jose+json' };
      const answer = await asked({ url, method: 'POST', headers, body, ca });
      nonce = answer.headers['replay-nonce'];
      if (answer.status < 400) return answer;
      const { type = '', detail = '' } = problemOf(answer);
      if (!type.endsWith(':badNonce') || tries >= NONCES_MAX) {
        throw pageNameError('acme-refused', {
          said: `${type} ${detail}`.trim().slice(0, SAID_MAX),
        });
      }
    }
  }

  const post = async <T>(url: string, payload?: object) => {
    const answer = await send(url, payload);
    return { location: answer.headers.location ?? url, body: jsonOf<T>(answer) };
  };

  if (!kid) {
    const contact = parts.contact === null ? {} : { contact: [`mailto:${parts.contact}`] };
    const made = await send(directory.newAccount, { termsOfServiceAgreed: true, ...contact });
    kid = made.headers.location ?? '';
    const pem = key.export({ type: 'pkcs8', format: 'pem' }) as string;
    await parts.keep({ directory: parts.directory, key: pem, kid });
  }
  return {
    directory,
    thumbprint,
    post,
    read: async (url: string) => (await send(url)).body,
    async until<T extends { status: string }>(url: string, holds: (seen: T) => boolean) {
      for (let polls = 0; polls < POLLS_MAX; polls += 1) {
        const { body } = await post<T>(url);
        if (holds(body)) return body;
        if (body.status === 'invalid') throw pageNameError('acme-refused', { said: whyOf(body) });
        await pause(POLL_MS);
      }
      throw pageNameError('acme-too-slow');
    },
  };
}

async function asked(question: Parameters<typeof ask>[0]): Promise<Answer> {
  try {
    return await ask(question);
  } catch (cause) {
    throw pageNameError('acme-unreachable', { said: (cause as Error).message }, cause);
  }
}

function jsonOf<T>({ status, body }: Answer): T {
  try {
    if (status < 400) return JSON.parse(body) as T;
  } catch (cause) {
    throw pageNameError('acme-answer-invalid', { said: 'it is no JSON' }, cause);
  }
  throw pageNameError('acme-refused', { said: `${status}` });
}

function problemOf({ body }: Answer): { type?: string; detail?: string } {
  try {
    return JSON.parse(body);
  } catch {
    return { detail: body.slice(0, SAID_MAX) };
  }
}

/** What an authority says of an order or authorization that it has given up. */
function whyOf(body: object): string {
  const { error, challenges = [] } = body as {
    error?: { detail?: string };
    challenges?: Authorization['challenges'];
  };
  const said = error?.detail ?? challenges.find((one) => one.error)?.error?.detail ?? 'invalid';
  return said.slice(0, SAID_MAX);
}

function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

/** The members in the order that RFC 7638 digests them in. */
function publicPart(key: KeyObject) {
  const { crv, kty, x, y } = key.export({ format: 'jwk' });
  const jwk = { crv, kty, x, y };
  const thumbprint = createHash('sha256').update(JSON.stringify(jwk)).digest('base64url');
  return { jwk, thumbprint };
}

/** A flattened JWS (RFC 7515), ES256. */
function signed(key: KeyObject, head: object, payload: object | undefined): string {
  const text = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const parts = { protected: text(head), payload: payload === undefined ? '' : text(payload) };
  const input = Buffer.from(`${parts.protected}.${parts.payload}`);
  const signature = sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' });
  return JSON.stringify({ ...parts, signature: signature.toString('base64url') });
}
