import type { FastifyInstance } from 'fastify';
import { gatewayError } from '../errors.ts';
import type { GatewayEvent, LaneView } from '../web/events.ts';
import { type DisplayView, LANGUAGES_OF_PAGES, type LocalEvent, type ReadLogEntry } from './api.ts';
import type { Desk } from './desk.ts';
import { handheldState } from './hand-routes.ts';
import type { Session } from './sessions.ts';
import { createStream } from './stream.ts';

type Key = { readonly display: string } | { readonly session: Session };

/** What pages are told of by itself: lanes, handhelds, sessions. */
export function createNews(desk: Desk) {
  const stream = createStream<Key>();
  let planned = false;

  /** Soon and once: a flood of events is one look at the state. */
  function states(): void {
    if (planned) return;
    planned = true;
    setImmediate(() => {
      planned = false;
      for (const { handheld } of desk.pairing.list()) {
        if (!desk.house.entrance()) return;
        const lane = desk.entrance().hands.open(handheld);
        const event: LocalEvent = { type: 'handheld', state: handheldState(desk, lane) };
        const isIts = (key?: Key) => isSession(key) && key.session.handheld === handheld;
        stream.send(
          event,
          (key) => isIts(key) && isSession(key) && key.session.person !== undefined,
        );
      }
    });
  }

  desk.onChange(() => {
    const isUnpaired = (key?: Key) =>
      isSession(key) &&
      key.session.handheld !== undefined &&
      !desk.pairing.find(key.session.handheld);
    stream.send({ type: 'session' } satisfies LocalEvent, isSession);
    stream.drop(isUnpaired);
  });

  return {
    start: () => stream.start(),
    stop: () => stream.stop(),
    heard(event: GatewayEvent) {
      if (event.type === 'lane') {
        const lane = displayOf(event);
        stream.send({ type: 'lane', lane } satisfies LocalEvent, (key) =>
          isSession(key) ? key.session.person !== undefined : key?.display === lane.lane,
        );
      } else states();
    },
    read(read: ReadLogEntry) {
      stream.send(
        { type: 'read', read } satisfies LocalEvent,
        (key) => isSession(key) && key.session.person?.role === 'technician',
      );
    },
    routes(server: FastifyInstance) {
      server.get('/api/events', (request, reply) => {
        const session = desk.session(request);
        if (!session) throw gatewayError('session-missing');
        const lanes = session.person ? desk.house.status().lanes : [];
        const first: LocalEvent[] = lanes.map((lane) => ({ type: 'lane', lane: displayOf(lane) }));
        stream.listen(request, reply, { session }, first);
        states();
      });
      server.get<{ Params: { lane: string } }>('/api/display/:lane/events', (request, reply) => {
        const { lane: id } = request.params;
        const view = desk.house.status().lanes.find(({ lane }) => lane === id);
        if (!view) throw gatewayError('lane-unknown', { lane: id });
        const first: LocalEvent = { type: 'lane', lane: displayOf(view) };
        stream.listen(request, reply, { display: id }, [first]);
      });
    },
  };
}

function isSession(key?: Key): key is { readonly session: Session } {
  return key !== undefined && 'session' in key;
}

/** What a public screen may show of a lane: nothing that is meant for staff. */
export function displayOf(view: LaneView): DisplayView {
  const { lane, name, direction, state, signal, verdict, hint, fault, reads } = view;
  const { note: _, language: own, ...label } = view.label ?? {};
  const shown = view.label && label;
  const language = LANGUAGES_OF_PAGES.find((one) => one === own);
  const said = { verdict, hint, label: shown, language };
  return { lane, name, direction, state, signal, ...said, fault, reads };
}
