import type { FastifyInstance } from 'fastify';
import { gatewayError } from '../errors.ts';
import {
  ChallengeRequest,
  ConfirmRequest,
  EnterRequest,
  IdentifyRequest,
  PAIRING_MS,
  PairRequest,
  SessionRequest,
} from './api.ts';
import { read } from './body.ts';
import type { Desk } from './desk.ts';

/** Times the gateway's PIN may be tried wrong before this many milliseconds have gone by. */
const ENTER_TRIES_MAX = 5;
const ENTER_AGAIN_MS = 15 * 60_000;

/** Pairing, sessions and staff. */
export function peopleRoutes(server: FastifyInstance, desk: Desk): void {
  const { pairing, sessions, staff, clock, kept, pins } = desk;
  let wrong: number[] = [];
  const list = () => ({ handhelds: pairing.list() });
  const note = (
    event: 'paired' | 'unpaired' | 'locked' | 'unlocked',
    about: { lane?: string | undefined; code?: string; by?: string },
  ) => {
    const { lane, ...rest } = about;
    desk.house
      .entrance()
      ?.hands.note(event, { ...rest, ...(lane !== undefined && { lane }) })
      .catch((fault: Error) => desk.log.error({ fault: fault.message }, 'row not written'));
  };

  server.get('/api/state', async (request) => desk.state(request));
  server.post('/api/pair', async (request) => {
    const handheld = await pairing.pair(read(PairRequest, request.body));
    note('paired', { lane: handheld.lane });
    desk.changed();
    return { handheld };
  });
  server.post('/api/challenge', async (request) => {
    const { handheld } = read(ChallengeRequest, request.body);
    return { challenge: pairing.challenge(handheld), expires: desk.now() + 60_000 };
  });
  server.post('/api/session', async (request, reply) => {
    const { handheld, challenge, signature } = read(SessionRequest, request.body);
    pairing.prove(handheld, challenge, signature);
    sessions.end(desk.secretOf(request));
    const secret = sessions.begin({ handheld });
    desk.setCookie(request, reply, secret);
    request.headers.cookie = `gatehouse-local=${secret}`;
    return desk.state(request);
  });
  server.post('/api/identify', async (request) => {
    const session = desk.session(request);
    if (!session?.handheld) throw gatewayError('session-missing');
    const { code, pin } = read(IdentifyRequest, request.body);
    const who = await staff.identify(code, pin, (locked) =>
      note('locked', { lane: session.handheld, code: locked }),
    );
    const isConfirmed = pairing.find(session.handheld)?.confirmed === true;
    if (!isConfirmed && who.role === 'steward') throw gatewayError('handheld-unconfirmed');
    session.person = { staff: who.staff, name: who.name, role: who.role };
    return desk.state(request);
  });
  server.post('/api/lock', async (request) => {
    const session = desk.session(request);
    if (session) session.person = undefined;
    return desk.state(request);
  });
  server.post('/api/technician/enter', async (request, reply) => {
    const { pin } = read(EnterRequest, request.body);
    const stored = kept.read().pin;
    if (stored === undefined) throw gatewayError('pin-not-set');
    wrong = wrong.filter((at) => clock.mono() - at < ENTER_AGAIN_MS);
    if (wrong.length >= ENTER_TRIES_MAX) throw gatewayError('identify-busy');
    wrong.push(clock.mono());
    if (!(await pins.check(pin, stored))) throw gatewayError('identify-wrong');
    wrong = [];
    const secret = sessions.begin({ person: desk.byPin });
    desk.setCookie(request, reply, secret);
    request.headers.cookie = `gatehouse-local=${secret}`;
    return desk.state(request);
  });

  server.post('/api/handhelds/pairing', async (request) => {
    desk.person(request, 'lead', 'technician');
    const { token } = pairing.open();
    const url = `${request.protocol}://${request.host}/pair#${token}`;
    return {
      token,
      url,
      expires: desk.now() + PAIRING_MS,
      fingerprint: desk.certificate()?.fingerprint,
    };
  });
  server.get('/api/handhelds', async (request) => {
    desk.person(request, 'lead', 'technician');
    return list();
  });
  server.post<{ Params: { id: string } }>('/api/handhelds/:id/confirm', async (request) => {
    desk.person(request, 'lead', 'technician');
    await pairing.confirm(request.params.id, read(ConfirmRequest, request.body).name);
    desk.changed();
    return list();
  });
  server.delete<{ Params: { id: string } }>('/api/handhelds/:id', async (request) => {
    const { staff: by } = desk.person(request, 'lead', 'technician');
    const { id } = request.params;
    await pairing.unpair(id);
    sessions.endAll({ handheld: id });
    await desk.house.entrance()?.hands.close(id);
    note('unpaired', { lane: id, by });
    return list();
  });
  server.get('/api/staff/locked', async (request) => {
    desk.person(request, 'lead', 'technician');
    return { locked: staff.locked() };
  });
  server.post<{ Params: { id: string } }>('/api/staff/:id/unlock', async (request) => {
    const { staff: by } = desk.person(request, 'lead', 'technician');
    const { id } = request.params;
    await staff.unlock(id);
    note('unlocked', { code: id, by });
    return { locked: staff.locked() };
  });
}
