import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type JournalBody,
  type PerformanceRow,
  regularCode,
  type TicketRow,
  type TicketsPage,
} from '@gatehouse/protocol';
import type { Reading } from '../reading/index.ts';
import type { TicketStore } from '../tickets/index.ts';

export const VENUE_KEY = Buffer.alloc(32, 7);
export const EVENING = Date.parse('2026-11-21T19:00:00Z');
const HOUR_MS = 3_600_000;

const folders: string[] = [];
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is gone when the test process ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-gateway-'));
  folders.push(folder);
  return folder;
}

export function performanceRow(changes: Partial<PerformanceRow> = {}): PerformanceRow {
  return {
    id: 'evening',
    title: 'An evening',
    hall: 'large',
    starts: EVENING + HOUR_MS,
    opens: EVENING - HOUR_MS,
    closes: EVENING + 3 * HOUR_MS,
    secure: false,
    reEntry: false,
    offline: 'refuse',
    stalePhone: 'refuse',
    ...changes,
  };
}

/** The regular code of a number. */
export function codeOf(number: number): string {
  const bytes = Buffer.alloc(10);
  bytes.writeUInt32BE(number, 6);
  return regularCode(bytes);
}

export function ticketRow(
  store: { digest(text: string): string },
  number: number,
  changes: Partial<TicketRow> = {},
): TicketRow {
  return {
    id: `ticket-${number}`,
    digest: store.digest(codeOf(number)),
    performance: 'evening',
    status: 'valid',
    uses: 1,
    used: 0,
    inside: false,
    ...changes,
  };
}

export function page(tickets: TicketRow[], changes: Partial<TicketsPage> = {}): TicketsPage {
  return {
    requestId: '00000000-0000-4000-8000-000000000000',
    from: null,
    cursor: 1,
    more: false,
    performances: [performanceRow()],
    tickets,
    ...changes,
  };
}

/** Puts tickets 1 to `count` into a store. */
export function fill(store: TicketStore, count: number): void {
  const tickets = Array.from({ length: count }, (_, i) => ticketRow(store, i + 1));
  store.apply(page(tickets), new Set());
}

export function reading(code: string, at: number): Reading {
  return { code, raw: code, symbology: 'QRCode', source: 'camera', at, took: 5 };
}

/** A scan id of a number, in the shape of a UUIDv7. */
export function scanIdOf(number: number): string {
  return `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`;
}

/** A text with the grammar of a secure code. */
export function secureTextOf(digit: string): string {
  return `4283${digit.repeat(178)}`;
}

/** A body of one kind about a scan. */
export function body(kind: 'intent' | 'passed' | 'unsettled' | 'event', number = 1): JournalBody {
  const at = {
    ...{ wall: EVENING + number, mono: number, boot: 'boot', offset: null, uncertainty: null },
    quality: 'plausible' as const,
  };
  const common = { scanId: scanIdOf(number), ticket: `ticket-${number}`, at, cursor: 1 };
  if (kind === 'event') return { kind, event: 'started', at, cursor: 1 };
  if (kind !== 'intent') return { kind: 'result', result: kind, ...common };
  const said = { verdict: { key: 'ok' as const, details: {} }, decidedBy: 'gateway' as const };
  return { kind, ...common, ...said, passageMs: 8_000 };
}
