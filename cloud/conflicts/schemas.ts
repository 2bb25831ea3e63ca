import { z } from 'zod';

const moment = z.number().int();

const SideView = z.object({
  gateway: z.string(),
  lane: z.string(),
  scanId: z.string(),
  verdict: z.string().nullable(),
  decidedBy: z.enum(['cloud', 'gateway', 'staff']),
  decided: moment.nullable().describe('cloud time; null while only the passage is known'),
  passed: moment.describe('cloud time, as well as it is known'),
  uncertainty: z.number().nullable().describe('± ms of `passed`; null: it proves nothing'),
  quality: z
    .enum(['trusted', 'plausible', 'untrusted', 'repaired'])
    .describe('`repaired`: by what the same start of the gateway knew of the time later'),
  cursor: z.number().int().nullable().describe('ticket change that whoever decided knew'),
  change: z.number().int().nullable().describe('ticket change that this passage made'),
  slot: z.number().int().nullable(),
  split: z.boolean().describe('made while not every gateway of the venue was heard'),
  unconfirmed: z.boolean().describe('made without the word of the ticket’s home gateway'),
});

/** A conflict as the API gives it. */
export const ConflictView = z.object({
  id: z.number().int(),
  matter: z.enum(['double', 'revoked']),
  ticket: z.string(),
  performance: z.string(),
  title: z.string(),
  place: z.string().describe('where the guest sits, in one line'),
  kind: z
    .enum(['knew', 'could-not-know', 'same-moment'])
    .nullable()
    .describe('null until the journal row that says so has come'),
  order: z
    .enum(['cursor', 'peer', 'gateway', 'time', 'unknown'])
    .describe('what the order rests on'),
  passages: z.array(SideView).max(2).describe('in their likely order'),
  sharedPicture: z.boolean().describe('both showed the same picture of the code'),
  revocation: z
    .object({ status: z.string(), at: moment, change: z.number().int() })
    .nullable()
    .describe('what stood against the ticket, since when and by which ticket change'),
  found: moment,
  state: z.enum(['open', 'handled']),
  handled: z
    .object({
      note: z.string(),
      by: z.string().nullable().describe('the token’s name; null: a later record explained it'),
      at: moment,
    })
    .nullable(),
});

export const ParkedView = z.object({
  gateway: z.string(),
  epoch: z.string(),
  seq: z.number().int(),
  digest: z.string(),
  reason: z.enum(['fork', 'unreadable', 'broken-seal', 'broken-chain']),
  received: moment,
  body: z.string().describe('what the gateway sent, word for word'),
  other: z
    .object({ digest: z.string(), received: moment })
    .nullable()
    .describe('of a fork: the row that counts at the same place; null where that one is lost'),
});

export const GapView = z
  .object({
    gateway: z.string(),
    epoch: z.string(),
    from: z.number().int(),
    to: z.number().int(),
    why: z.string().describe('`missing`, or `broken-seal`'),
    at: moment.describe('when the gateway found out'),
    received: moment,
  })
  .describe('rows that a gateway’s disk has lost; it will never send them');

export const CloneView = z
  .object({
    gateway: z.string(),
    one: z.string().describe('a start of the gateway: an epoch, or a boot'),
    other: z.string(),
    evidence: z
      .enum(['journal', 'heartbeat'])
      .describe('both wrote rows at the same time, or they take turns on the line'),
    found: moment,
    latest: moment.describe('the last sign of it'),
  })
  .describe('two machines that run as one gateway, such as with a copied card');

const Problem = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
});
export const problems = { '4xx': Problem, '5xx': Problem };
