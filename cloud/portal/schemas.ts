import { TicketLabel } from '@gatehouse/protocol';
import { z } from 'zod';
import { PORTAL_LANGUAGES } from './ports.ts';

const id = z.string().min(1).max(64);
const moment = z.number().int().describe('milliseconds since 1970');
const phone = z.string().min(1).max(40);
const publicKey = z.base64().max(200).describe('P-256, SubjectPublicKeyInfo, base64');

export const AskCode = z.strictObject({ phone, language: z.enum(PORTAL_LANGUAGES) });
export const CodeAsked = z.object({});
export const LogIn = z.strictObject({ phone, code: z.string().min(1).max(32), publicKey });
export const NewKey = z.strictObject({ publicKey });

export const HouseView = z.object({
  name: z.string(),
  telephone: z.string(),
  timeZone: z.string(),
  now: moment,
});

const TicketView = z.object({
  id,
  state: z.enum(['early', 'code', 'used', 'blocked']),
  title: z.string(),
  hall: z.string(),
  starts: moment,
  ends: moment.nullable(),
  label: TicketLabel.omit({ note: true, title: true, language: true }),
  codeFrom: moment,
  until: moment,
  usedAt: moment.nullable(),
  reEntry: z.boolean(),
  left: z.number().int(),
  code: z.object({ handle: z.string(), generation: z.number().int() }).nullable(),
});

export const View = z.object({
  now: moment,
  place: z.enum(['here', 'elsewhere']),
  until: moment,
  tickets: z.array(TicketView).readonly(),
  signing: z
    .object({
      tenant: id,
      beacon: z.object({ index: z.number().int(), value: z.string(), until: moment }),
    })
    .nullable(),
});

export const Problem = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
});
