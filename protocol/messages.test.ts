import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Heartbeat } from './heartbeat.ts';
import {
  JOURNAL_BATCH_ROWS_MAX,
  JournalBatch,
  JournalBody,
  SettleRequest,
  Stamp,
  TICKET_SCANS_MAX,
  TICKETS_PAGE_ROWS_MAX,
  TicketRow,
  TicketsRequest,
  ValidateAnswer,
  ValidateRequest,
} from './messages.ts';
import { VERDICT_KEYS } from './verdicts/table.ts';

const scanId = '0190a5d4-ac96-774b-bcce-b302099a8057';
const at = { wall: 0, mono: 0, boot: 'b', offset: null, uncertainty: null, quality: 'untrusted' };
const request = {
  scanId,
  lane: 'north-1',
  code: 'ABC',
  direction: 'entry',
  at,
  attempt: 1,
  deadlineMs: 1_500,
  passageMs: 8_000,
};
const digest = 'a'.repeat(64);
const row = { seq: 1, previous: digest, digest, body: '{}' };
const ticket = {
  id: 'ticket-1',
  digest: 'A'.repeat(22),
  performance: 'evening-1',
  status: 'valid',
  uses: 1,
  used: 0,
  inside: false,
};

type Schema = { safeParse(value: unknown): { success: boolean } };
function takes(schema: Schema, base: object, field: string, good: unknown[], bad: unknown[]) {
  const fits = (value: unknown) => schema.safeParse({ ...base, [field]: value }).success;
  for (const value of good) assert.ok(fits(value), `${field} takes ${String(value)}`);
  for (const value of bad) assert.not.ok(fits(value), `${field} refuses ${String(value)}`);
}

test('a question has limits on all that a lane sends', () => {
  const text = (length: number) => 'A'.repeat(length);
  takes(ValidateRequest, request, 'code', [text(1), text(512)], [text(0), text(513), 7, null]);
  takes(ValidateRequest, request, 'lane', [text(1), text(64)], [text(0), text(65)]);
  takes(ValidateRequest, request, 'attempt', [1, 10], [0, 11, 1.5]);
  takes(ValidateRequest, request, 'deadlineMs', [100, 10_000], [99, 10_001, Number.NaN]);
  takes(ValidateRequest, request, 'passageMs', [500, 120_000], [499, 120_001]);
  takes(ValidateRequest, request, 'direction', ['entry', 'exit'], ['in', undefined]);
  takes(ValidateRequest, request, 'scanId', [scanId], ['', 'scan', `${scanId}0`]);
  takes(ValidateRequest, request, 'refersTo', [undefined, scanId], [null, 'scan']);
});

test('a moment is one that a Date can hold', () => {
  const last = 8_640_000_000_000_000;
  takes(Stamp, at, 'wall', [0, last], [-1, last + 1, 0.5, '0', Number.POSITIVE_INFINITY]);
  assert.ok(Number.isFinite(new Date(last).getTime()));
});

test('an answer’s verdict is one of the table', () => {
  const keys = VERDICT_KEYS.map((key) => ({ key, details: {} }));
  const bad = [
    { key: 'green', details: {} },
    { key: 'ok' },
    'ok',
    { key: 'toString', details: {} },
  ];
  takes(ValidateAnswer, { scanId }, 'verdict', keys, bad);
});

test('a grant ends in one of three ways', () => {
  const settle = { scanId, lane: 'north-1', direction: 'entry', at };
  takes(SettleRequest, settle, 'kind', ['passed', 'released', 'cancel'], ['late', 'admit', null]);
});

test('a journal batch has 1 to 200 rows with sequence, digests and a body of limited length', () => {
  const rows = (length: number) => Array.from({ length }, () => row);
  const max = JOURNAL_BATCH_ROWS_MAX;
  takes(JournalBatch, { epoch: 'e' }, 'rows', [rows(1), rows(max)], [[], rows(max + 1)]);
  const one = (change: object) => [{ ...row, ...change }];
  takes(
    JournalBatch,
    { epoch: 'e' },
    'rows',
    [one({ body: 'x'.repeat(16_384) })],
    [
      one({ body: 'x'.repeat(16_385) }),
      one({ seq: 0 }),
      one({ digest: 'A'.repeat(64) }),
      one({ previous: 'a'.repeat(63) }),
    ],
  );
});

test('a journal body of an unknown code keeps HMAC, length and symbology, never the text', () => {
  const read = { hmac: digest, length: 3, symbology: 'QRCode', text: 'ABC' };
  const verdict = { key: 'unknown', details: {} };
  const body = { kind: 'refusal', at, cursor: null, verdict, decidedBy: 'gateway', read };
  const kept = JournalBody.parse({ ...body, code: 'ABC' });
  assert.not.match(JSON.stringify(kept), 'ABC');
});

test('a page is asked for with a cursor or null, and a limit', () => {
  const ask = { requestId: scanId, cursor: null, limit: 1 };
  takes(TicketsRequest, ask, 'cursor', [null, 0, 41], [undefined, '41', 0.5]);
  takes(TicketsRequest, ask, 'limit', [1, TICKETS_PAGE_ROWS_MAX], [0, TICKETS_PAGE_ROWS_MAX + 1]);
});

test('a ticket row is good for a use at least and knows its latest scans', () => {
  const scans = (length: number) => Array.from({ length }, () => scanId);
  takes(TicketRow, ticket, 'uses', [1, 10], [0, -1, 1.5]);
  takes(TicketRow, ticket, 'used', [0, 3], [-1]);
  takes(TicketRow, ticket, 'digest', ['-_'.repeat(11)], ['A'.repeat(21), 'A'.repeat(23), '+/=']);
  takes(TicketRow, ticket, 'status', ['valid', 'taken-back'], ['used', '']);
  takes(
    TicketRow,
    ticket,
    'scans',
    [undefined, [], scans(TICKET_SCANS_MAX)],
    [scans(TICKET_SCANS_MAX + 1)],
  );
});

test('a gap names its epoch and a range that does not run backwards; an older one names none', () => {
  const event = { kind: 'event', event: 'gap', at, cursor: null, code: 'journal-damaged' };
  const gap = { epoch: 'e', from: 3, to: 7, why: 'missing' };
  const backwards = { ...gap, from: 8 };
  takes(JournalBody, event, 'gap', [undefined, gap], [backwards, { ...gap, from: 0 }, 'e/3-7']);
});

test('no value of any shape makes a schema throw', () => {
  const schemas = [
    ValidateRequest,
    ValidateAnswer,
    JournalBatch,
    JournalBody,
    TicketRow,
    Heartbeat,
  ];
  fc.assert(
    fc.property(fc.constantFrom(...schemas), fc.anything(), (schema, value) => {
      assert.type(schema.safeParse(value).success, 'boolean');
    }),
  );
});

test.run();
