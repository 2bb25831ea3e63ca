import { type FakeServer, fakeServer, type Reply } from './fake-server.ts';

export const CM_TOKEN = '11111111-2222-4333-8444-555555555555';

/** What CM sends out: the reference of each message it took. */
export interface FakeCm extends FakeServer {
  readonly sent: string[];
}

/** Refuses one message as CM does: HTTP 200 when others went, 400 when none did. */
export function cmRejects(code: number, status = 200): Reply {
  const message = {
    to: '0031612345678',
    status: 'Rejected',
    reference: 'x',
    parts: 0,
    messageDetails: 'refused',
    messageErrorCode: code,
  };
  return { status, body: { details: 'Created 0 message(s)', errorCode: 201, messages: [message] } };
}

/** Refuses the whole request. */
export function cmFails(errorCode: number, status = 400): Reply {
  return { status, body: { details: 'refused', errorCode, messages: [] } };
}

/** CM's gateway v1 as documented. */
export async function fakeCm(): Promise<FakeCm> {
  const sent: string[] = [];
  const server = await fakeServer(({ path, headers, body }) => {
    if (path !== '/v1.0/message') return { status: 404, body: '' };
    if (headers['x-cm-producttoken'] !== CM_TOKEN) return cmFails(103);
    const [message] = JSON.parse(body).messages.msg;
    const { number } = message.to[0];
    if (!/^00\d{8,15}$/.test(number)) return cmRejects(303, 400);
    if (message.from.length > 11) return cmRejects(301, 400);
    if (!/^[A-Za-z0-9]{1,32}$/.test(message.reference)) return cmFails(305);
    sent.push(message.reference);
    const parts = message.maximumNumberOfMessageParts;
    const one = { to: number, status: 'Accepted', reference: message.reference, parts };
    const messages = [{ ...one, messageDetails: null, messageErrorCode: 0 }];
    return { status: 200, body: { details: 'Created 1 message(s)', errorCode: 0, messages } };
  });
  return { ...server, sent };
}

/** A delivery report in the JSON form set up in CM's Channels app: `msg` is one object. */
export function cmReport(reference: string, code: string | number, errorCode = ''): string {
  const status = { code, errorCode, errorDescription: '' };
  const msg = { received: '2026-11-21T10:00:00', to: '0031612345678', reference, status };
  return JSON.stringify({ messages: { msg: { ...msg, operator: '20408' } } });
}
