import { DOOR_ROLES } from '@gatehouse/protocol';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { allow } from '../http/index.ts';
import { CODE_MAX, DOOR_IMPORT_BYTES_MAX, NAME_MAX } from './import.ts';
import { type DoorStaffList, workerOf } from './people.ts';
import { PIN_MAX } from './pins.ts';

const id = z.string().min(1).max(64);
const Venue = z.object({ venue: id });
const OfPerson = Venue.extend({ id });
const Pin = z.string().max(PIN_MAX).optional().describe('made by the cloud where left out');
const Person = z.strictObject({
  name: z.string().trim().min(1).max(NAME_MAX),
  code: z.string().trim().min(1).max(CODE_MAX).describe('compared without case'),
  role: z.enum(DOOR_ROLES),
});
const PersonView = Person.extend({
  id,
  hasPin: z.boolean().describe('false: no gateway lets them in until they have a new PIN'),
});
const MadePin = z.object({ id, name: z.string(), code: z.string(), pin: z.string() });
const Handheld = z.object({
  gateway: id,
  gatewayName: z.string(),
  handheld: id,
  name: z.string(),
  confirmed: z.boolean(),
  seen: z.number().nullable(),
});
const ADMINISTRATORS = allow();
const tags = ['door-staff'];

/** A handheld that a gateway's beat has named. */
export type SeenHandheld = z.infer<typeof Handheld>;

export interface DoorRouteParts {
  readonly list: DoorStaffList;
  /** Venues that have a gateway. */
  venues(): readonly string[];
  handhelds(venue: string): SeenHandheld[];
}

/** The people at a venue's doors and its handhelds, for administrators. */
export function doorRoutes({ list, venues, handhelds }: DoorRouteParts): FastifyPluginAsyncZod {
  return async (api) => {
    api.get(
      '/door-staff',
      {
        ...ADMINISTRATORS,
        schema: {
          ...{ tags, summary: 'Venues that have a gateway or a list' },
          response: { 200: z.object({ venues: z.array(id) }) },
        },
      },
      async () => ({ venues: [...new Set([...venues(), ...list.versions.keys()])].sort() }),
    );
    api.get(
      '/door-staff/:venue',
      {
        ...ADMINISTRATORS,
        schema: {
          ...{ tags, summary: 'Who may work at a venue’s doors, and its handhelds', params: Venue },
          response: {
            200: z.object({
              version: z.number(),
              staff: z.array(PersonView),
              handhelds: z.array(Handheld).describe('of the gateways that are online'),
              unpaired: z.array(z.string()),
            }),
          },
        },
      },
      async ({ params: { venue } }) => {
        const { version, rows, unpaired } = await list.of(venue);
        const here = handhelds(venue).filter(({ handheld }) => !unpaired.includes(handheld));
        return {
          ...{ version, staff: rows.map(workerOf), handhelds: here, unpaired: [...unpaired] },
        };
      },
    );
    api.post(
      '/door-staff/:venue/handhelds/:id/unpair',
      {
        ...ADMINISTRATORS,
        schema: {
          ...{ tags, summary: 'Every gateway of the venue lets go of a handheld' },
          ...{ params: OfPerson, response: { 204: z.null() } },
        },
      },
      async ({ params, caller }, reply) => {
        await list.unpair(caller, params.venue, params.id);
        return reply.status(204).send(null);
      },
    );
    await api.register(peopleRoutes(list));
    await api.register(importRoute(list));
  };
}

function peopleRoutes(list: DoorStaffList): FastifyPluginAsyncZod {
  return async (api) => {
    api.post(
      '/door-staff/:venue/people',
      {
        ...ADMINISTRATORS,
        schema: {
          ...{ tags, summary: 'Puts somebody on the list; a PIN that was made is shown once' },
          ...{ params: Venue, body: Person.extend({ pin: Pin }) },
          response: { 201: z.object({ person: PersonView, pin: z.string().optional() }) },
        },
      },
      async ({ params, body, caller }, reply) =>
        reply.status(201).send(await list.add(caller, params.venue, body)),
    );
    api.patch(
      '/door-staff/:venue/people/:id',
      {
        ...ADMINISTRATORS,
        schema: {
          ...{ tags, summary: 'Changes name, code or role' },
          ...{ params: OfPerson, body: Person.partial(), response: { 200: PersonView } },
        },
      },
      ({ params, body, caller }) => {
        const { name, code, role } = body;
        return list.change(caller, params.venue, params.id, {
          ...(name !== undefined && { name }),
          ...(code !== undefined && { code }),
          ...(role !== undefined && { role }),
        });
      },
    );
    api.delete(
      '/door-staff/:venue/people/:id',
      { ...ADMINISTRATORS, schema: { tags, params: OfPerson, response: { 204: z.null() } } },
      async ({ params, caller }, reply) => {
        await list.remove(caller, params.venue, params.id);
        return reply.status(204).send(null);
      },
    );
    api.post(
      '/door-staff/:venue/people/:id/pin',
      {
        ...ADMINISTRATORS,
        schema: {
          ...{ tags, summary: 'Gives a new PIN; it is shown once' },
          ...{ params: OfPerson, body: z.strictObject({ pin: Pin }), response: { 200: MadePin } },
        },
      },
      ({ params, body, caller }) => list.newPin(caller, params.venue, params.id, body.pin),
    );
    api.post(
      '/door-staff/:venue/void-pins',
      {
        ...ADMINISTRATORS,
        schema: {
          ...{ tags, summary: 'Makes all PINs void; nobody identifies until they have a new one' },
          ...{ params: Venue, response: { 204: z.null() } },
        },
      },
      async ({ params, caller }, reply) => {
        await list.voidPins(caller, params.venue);
        return reply.status(204).send(null);
      },
    );
  };
}

function importRoute(list: DoorStaffList): FastifyPluginAsyncZod {
  return async (api) => {
    api.addContentTypeParser(
      'text/csv',
      { parseAs: 'string', bodyLimit: DOOR_IMPORT_BYTES_MAX },
      (_request, body, done) => done(null, body),
    );
    api.post(
      '/door-staff/:venue/import',
      {
        ...ADMINISTRATORS,
        schema: {
          ...{ tags, summary: 'Takes in a CSV file (name, code, role, pin), whole or not at all' },
          ...{ consumes: ['text/csv'], params: Venue },
          querystring: z.object({
            trial: z
              .enum(['true', 'false'])
              .default('false')
              .describe('only says what it would do'),
          }),
          response: {
            200: z.object({ added: z.number(), changed: z.number(), pins: z.array(MadePin) }),
          },
        },
      },
      async ({ params, query, body, caller }) => {
        const csv = typeof body === 'string' ? body : '';
        const done = await list.import(caller, params.venue, csv, query.trial === 'true');
        return { ...done, pins: [...done.pins] };
      },
    );
  };
}
