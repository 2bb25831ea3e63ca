import type { FastifyInstance, FastifyRequest } from 'fastify';
import { gatewayError } from '../errors.ts';
import { ArmRequest, LaneCommand, type TechnicianState } from './api.ts';
import { read } from './body.ts';
import { addresses } from './certificate.ts';
import type { Desk } from './desk.ts';
import { doctor } from './doctor.ts';
import { displayOf } from './news.ts';
import { today } from './today.ts';

/** What a technician on site asks, also of a gateway that is not configured yet. */
export function technicianRoutes(server: FastifyInstance, desk: Desk): void {
  const { house } = desk;
  const { arming } = house;
  const started = desk.now();
  const technician = (request: FastifyRequest) => desk.person(request, 'technician');

  const publicName = () => [desk.certificate()?.name ?? []].flat();

  function state(): TechnicianState {
    const { uplink, peers, queue, tickets, disk, lanes } = house.status();
    const entrance = house.entrance();
    const stamp = entrance?.time.stamp();
    const secure = entrance ? today(entrance).filter((one) => one.secure) : [];
    const { quality = 'plausible', offset = null, uncertainty = null } = stamp ?? {};
    const { left } = arming;
    return {
      ...{ software: house.software, hardware: house.hardware, started, now: desk.now() },
      clock: { quality, offset, uncertainty },
      addresses: [...publicName(), ...addresses()].map((one) => ({ name: one, address: one })),
      fingerprint: desk.certificate()?.fingerprint,
      ...{ uplink, queue, tickets, disk, lanes: lanes.map(displayOf) },
      secure: secure.map(({ title, starts, offline }) => ({ title, starts, offline })),
      peers: { heard: [...peers.heard], missing: [...peers.missing] },
      ...{ readers: house.readers(), reads: house.reads() },
      armed: left > 0 ? desk.now() + Math.round(left) : undefined,
    };
  }

  server.get('/api/technician/state', async (request) => {
    technician(request);
    return state();
  });
  server.get('/api/technician/doctor', async (request) => {
    technician(request);
    return { at: desk.now(), checks: doctor(desk) };
  });
  server.get<{ Querystring: { before?: string } }>('/api/technician/journal', async (request) => {
    technician(request);
    return desk.entrance().rows(request.query.before);
  });
  server.get<{ Params: { lane: string; device: string } }>(
    '/api/technician/camera/:lane/:device',
    async (request, reply) => {
      technician(request);
      const { lane, device } = request.params;
      const picture = await house.picture(lane, Number(device));
      if (!picture) throw gatewayError('picture-missing');
      return reply.type('image/png').send(picture);
    },
  );
  server.post('/api/technician/arm', async (request) => {
    const { staff: by } = technician(request);
    const { armed } = read(ArmRequest, request.body);
    if (armed) arming.arm();
    else arming.disarm();
    if (armed) await house.entrance()?.hands.note('armed', { by });
    return state();
  });
  server.post<{ Params: { lane: string } }>('/api/technician/lanes/:lane', async (request) => {
    const { staff: by } = technician(request);
    const command = read(LaneCommand, request.body);
    if (arming.left <= 0) throw gatewayError('not-armed');
    const { lane } = request.params;
    const answer = await desk.entrance().command(lane, command);
    await desk.entrance().hands.note('tested', { lane, by, code: command.do });
    return answer;
  });
}
