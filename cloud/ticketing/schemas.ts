import { TicketLabel } from '@gatehouse/protocol';
import { z } from 'zod';
import { ENTRANCES_MAX, USES_MAX } from './import-row.ts';
import { PERFORMANCE_DEFAULTS } from './performance.ts';

const id = z.string().min(1).max(64);
const moment = z.number().int().min(0).describe('milliseconds since 1970');
const status = z.enum(['valid', 'unpaid', 'blocked', 'cancelled', 'taken-back']);
const offline = z
  .enum(['refuse', 'staff', 'verify'])
  .describe('secure tickets while the cloud is away');
const offlineCap = z
  .number()
  .int()
  .min(0)
  .nullable()
  .describe('people per hour whom the venue may admit so by `verify`; null for no limit');
const stalePhone = z
  .enum(['refuse', 'staff', 'admit'])
  .describe('a phone that was without network for more than 15 minutes');
const entrances = z.array(z.string().min(1).max(200)).max(ENTRANCES_MAX);
const uses = z.number().int().min(1).max(USES_MAX);

export const IdParams = z.object({ id });
export const StatusFilter = status.optional();

export const NewProduction = z.strictObject({ title: z.string().min(1).max(200) });
export const ProductionView = z.object({ id, title: z.string(), created: moment });

const settings = {
  production: id,
  hall: z.string().min(1).max(200),
  starts: moment,
  ends: moment.nullable(),
  opens: moment.nullable().describe('null: 60 minutes before the start'),
  closes: moment.nullable().describe('null: at the end, or 60 minutes after the start'),
  secure: z.boolean(),
  reEntry: z.boolean(),
  capacity: z.number().int().min(0).nullable(),
  offline,
  offlineCap,
  stalePhone,
};

export const NewPerformance = z.strictObject({
  ...settings,
  ends: settings.ends.default(PERFORMANCE_DEFAULTS.ends),
  opens: settings.opens.default(PERFORMANCE_DEFAULTS.opens),
  closes: settings.closes.default(PERFORMANCE_DEFAULTS.closes),
  secure: settings.secure.default(PERFORMANCE_DEFAULTS.secure),
  reEntry: settings.reEntry.default(PERFORMANCE_DEFAULTS.reEntry),
  capacity: settings.capacity.default(PERFORMANCE_DEFAULTS.capacity),
  offline: offline.default(PERFORMANCE_DEFAULTS.offline),
  offlineCap: offlineCap.default(PERFORMANCE_DEFAULTS.offlineCap),
  stalePhone: stalePhone.default(PERFORMANCE_DEFAULTS.stalePhone),
});
export const PerformanceChanges = z.strictObject(settings).partial();
export const PerformanceView = z.object({
  id,
  title: z.string(),
  ...settings,
  opens: moment,
  closes: moment,
  inside: z.number().int(),
  created: moment,
});
export const PerformanceDetail = PerformanceView.extend({
  tickets: z.number().int(),
  used: z.number().int(),
});

export const NewTicket = z.strictObject({
  kind: z.enum(['regular', 'secure']).optional().describe('as the performance, if left out'),
  code: z.string().min(1).max(512).optional().describe('a code of your own; else one is made'),
  status: status.default('valid'),
  uses: uses.default(1),
  entrances: entrances.default([]),
  ...TicketLabel.omit({ title: true }).shape,
});
export const TicketChange = z.strictObject({
  status: status.optional(),
  uses: uses.optional(),
  entrances: entrances.optional(),
  label: TicketLabel.optional(),
});
export const TicketView = z.object({
  id,
  kind: z.enum(['regular', 'secure']),
  performance: id,
  status,
  uses: z.number().int(),
  used: z.number().int(),
  inside: z.boolean(),
  entrances: z.array(z.string()).readonly(),
  label: TicketLabel,
  lastUse: z.object({ at: moment, lane: z.string() }).optional(),
  handle: z.string().optional(),
  generation: z.number().int().optional(),
  created: moment,
});
export const MadeTicket = TicketView.extend({
  code: z.string().optional().describe('given once and not kept'),
});
export const NewKey = z.strictObject({
  publicKey: z.base64().max(200).describe('P-256, SubjectPublicKeyInfo, base64'),
});
export const BoundKey = z.object({
  tenant: id,
  handle: z.string(),
  generation: z.number().int(),
  performance: PerformanceView,
});
export const BeaconView = z.object({
  index: z.number().int(),
  value: z.string().describe('16 bytes, hex'),
  from: moment,
  until: moment,
  now: moment,
});
export const ImportView = z.object({
  imported: z.number().int(),
  guessable: z
    .number()
    .int()
    .describe('codes with fewer than 64 bits to guess; whoever sees the digests can find them'),
});
export const Problem = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
});
