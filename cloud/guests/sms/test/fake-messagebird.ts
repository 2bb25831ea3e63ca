import { createHash, createHmac } from 'node:crypto';
import { type FakeServer, fakeServer, type Reply } from './fake-server.ts';

export const MESSAGEBIRD = { accessKey: 'live_abcdefgh', signingKey: 'signing-key' };

export interface FakeMessagebird extends FakeServer {
  /** Reference of each message that went out. */
  readonly sent: string[];
}

export function messagebirdFails(
  code: number,
  parameter: string | null = null,
  status = 422,
): Reply {
  return { status, body: { errors: [{ code, description: 'refused', parameter }] } };
}

export function messagebirdTakes(reference: string, status = 'sent'): Reply {
  const item = {
    recipient: 31612345678,
    status,
    statusDatetime: '2026-11-21T10:00:00+00:00',
    statusErrorCode: null,
    messagePartCount: 1,
  };
  const recipients = { totalCount: 1, totalSentCount: 1, items: [item] };
  const id = `m-${reference}`;
  return {
    status: 201,
    body: { id, direction: 'mt', originator: 'Theater', reference, recipients },
  };
}

/** The classic interface; with `Bearer` keys the later one, which knows a repeat by its key. */
export async function fakeMessagebird(): Promise<FakeMessagebird> {
  const sent: string[] = [];
  const known = new Map<string, Reply>();
  const server = await fakeServer(({ headers, body }) => {
    const bearer = headers.authorization?.startsWith('Bearer ') ?? false;
    const right = `${bearer ? 'Bearer' : 'AccessKey'} ${MESSAGEBIRD.accessKey}`;
    if (headers.authorization !== right) return messagebirdFails(2, null, 401);
    if (bearer && !headers['user-agent']) return { status: 403, body: '' };
    const key = String(headers['idempotency-key'] ?? '');
    const before = known.get(key);
    if (bearer && before) return before;
    const message = JSON.parse(body);
    if (message.reportUrl && !message.reference) return messagebirdFails(9, 'reference');
    if (!/^\d{8,15}$/.test(message.recipients[0])) return messagebirdFails(10, 'recipients');
    sent.push(message.reference);
    const reply = messagebirdTakes(message.reference);
    known.set(key, reply);
    return reply;
  });
  return { ...server, sent };
}

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The header that MessageBird puts on a webhook. */
export function messagebirdJwt(
  url: string,
  body: string,
  seconds: number,
  given: { key?: string; claims?: object; header?: object } = {},
): string {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const claims = {
    iss: 'MessageBird',
    nbf: Math.floor(seconds) - 5,
    exp: Math.floor(seconds) + 60,
    jti: 'j-1',
    url_hash: sha256(url),
    ...(body === '' ? {} : { payload_hash: sha256(body) }),
    ...given.claims,
  };
  const signed = `${base64url({ alg: 'HS256', typ: 'JWT', ...given.header })}.${base64url(claims)}`;
  const key = given.key ?? MESSAGEBIRD.signingKey;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}
