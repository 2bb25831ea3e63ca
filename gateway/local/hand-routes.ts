import { type DoorRole, mayOverride, outcomeOf } from '@gatehouse/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { gatewayError } from '../errors.ts';
import type { HandLane, HandWorker, Told } from '../handheld/index.ts';
import {
  EndRequest,
  FOUND_MAX,
  type FoundList,
  GroupRequest,
  type HandAnswer,
  type HandheldState,
  type HandPerformance,
  ModeRequest,
  type NextStep,
  OverrideRequest,
  PassesRequest,
  ScanRequest,
  SearchRequest,
  SettleByHand,
} from './api.ts';
import { read } from './body.ts';
import type { Desk } from './desk.ts';
import { today } from './today.ts';

/** Tickets that a search has shown, for an override of one that only the cloud has. */
const SHOWN_MAX = 200;

/** What a handheld asks. */
export function handRoutes(server: FastifyInstance, desk: Desk): void {
  const shown = new Map<string, { performance: string; status: string }>();

  function at(request: FastifyRequest, ...roles: DoorRole[]): { lane: HandLane; who: HandWorker } {
    const { staff, role } = desk.person(request, ...roles);
    const handheld = desk.session(request)?.handheld;
    if (handheld === undefined) throw gatewayError('session-missing');
    return { lane: desk.entrance().hands.open(handheld), who: { staff, role } };
  }

  server.get('/api/handheld/state', async (request) => handheldState(desk, at(request).lane));
  server.get('/api/handheld/performances', async (request) => ({
    performances: shows(desk, at(request).lane),
  }));
  server.put('/api/handheld/mode', async (request) => {
    const { lane } = at(request);
    lane.setMode(read(ModeRequest, request.body));
    return handheldState(desk, lane);
  });
  server.post('/api/handheld/scan', async (request) => {
    const { lane, who } = at(request);
    return answerOf(await lane.scan(read(ScanRequest, request.body), who), who.role);
  });
  server.post('/api/handheld/end', async (request) => {
    const { lane, who } = at(request);
    const { scan, passed } = read(EndRequest, request.body);
    return answerOf(await lane.end(scan, passed), who.role);
  });
  server.post('/api/handheld/group', async (request) => {
    const { lane, who } = at(request);
    const { scans } = read(GroupRequest, request.body);
    const asked = scans.map((one) => ({ ...one, source: 'wedge' as const }));
    return counted(await lane.group(asked, who), who.role);
  });
  server.post('/api/handheld/passes', async (request) => {
    const { lane, who } = at(request);
    const { people, ...asked } = read(PassesRequest, request.body);
    return counted(await lane.passes({ ...asked, source: 'typed' }, people, who), who.role);
  });
  server.post('/api/handheld/override', async (request) => {
    const { lane, who } = at(request);
    const { scanId, of, reason } = read(OverrideRequest, request.body);
    const refused = 'scan' in of ? await lane.answer(of.scan) : undefined;
    if ('scan' in of && !refused) throw gatewayError('scan-not-here');
    const ticket = 'ticket' in of ? of.ticket : refused?.ticket;
    if (ticket === undefined) throw gatewayError('override-refused');
    const { row } = desk.entrance().store.byId(ticket) ?? {};
    const seen = shown.get(ticket);
    if ('ticket' in of && !row && seen?.status !== 'valid') throw gatewayError('override-refused');
    const performance = row?.performance ?? refused?.performance ?? seen?.performance ?? '';
    const label = row?.label ?? refused?.label;
    const asked = { scanId, ticket, performance, label, of: refused?.scanId, reason };
    return answerOf(await lane.override(asked, who), who.role);
  });
  server.post('/api/handheld/settle', async (request) => {
    const { lane, who } = at(request, 'lead', 'technician');
    const { ticket, passed } = read(SettleByHand, request.body);
    return answerOf(await lane.settle(ticket, passed, who), who.role);
  });
  server.post('/api/handheld/search', async (request): Promise<FoundList> => {
    at(request, 'lead', 'technician');
    const { words } = read(SearchRequest, request.body);
    const { store, search } = desk.entrance();
    const { found, more } = await search(words, FOUND_MAX);
    for (const { ticket, performance, status } of found) {
      shown.set(ticket, { performance, status });
      if (shown.size > SHOWN_MAX) shown.delete(shown.keys().next().value as string);
    }
    const named = found.map((one) => {
      const { title = '', starts = 0 } = store.performances.of(one.performance) ?? {};
      return { ...one, title, starts };
    });
    return { found: named, more };
  });
}

/** An answer, with what this person may do about it. */
function answerOf(told: Told, role: DoorRole): HandAnswer {
  const next: NextStep[] = [];
  const isRefused = outcomeOf(told.verdict.key) !== 'admit';
  if (told.open !== undefined) next.push('end');
  if (isRefused && told.ticket !== undefined && mayOverride(told.verdict, role)) {
    next.push('override');
    if (told.verdict.details.reason === 'unsettled') next.push('settle');
  }
  return { ...told, next };
}

function counted(all: readonly Told[], role: DoorRole) {
  const answers = all.map((told) => answerOf(told, role));
  const admitted = answers.filter(({ passed }) => passed).length;
  const secure = answers.filter(({ verdict }) => verdict.key === 'group').length;
  return { answers, admitted, secure, refused: answers.length - admitted - secure };
}

export function handheldState(desk: Desk, lane: HandLane): HandheldState {
  const { uplink, peers, queue, tickets } = desk.house.status();
  const { time, synced } = desk.entrance();
  const { direction, performances, confirms } = lane.mode();
  return {
    ...{ lane: lane.lane, direction, performances: [...performances], confirms, uplink, queue },
    ...{ missing: peers.missing.length, tickets, synced: synced(), clock: time.quality() },
    ...{ fault: lane.fault(), unrecorded: lane.unrecorded() },
  };
}

/** N2, N4, S13: today's performances, and what holds here for each. */
function shows(desk: Desk, lane: HandLane): HandPerformance[] {
  const entrance = desk.entrance();
  const { performances: chosen } = lane.mode();
  return today(entrance).map(
    ({ id, title, hall, starts, opens, closes, secure, offline, reEntry, capacity }) => ({
      ...{
        performance: id,
        title,
        hall,
        starts,
        opens,
        closes,
        secure,
        offline,
        reEntry,
        capacity,
      },
      inside: entrance.store.occupancy(id),
      chosen: chosen.length === 0 || chosen.includes(id),
    }),
  );
}
