import type { TicketLabel } from '@gatehouse/protocol';
import {
  outcomeOf,
  VERDICTS,
  type Verdict,
  type Symbol as VerdictSymbol,
  wordsOf,
} from '@gatehouse/protocol/verdicts';
import type { DoorState, JournalRow } from '../door-state.ts';
import { type PageLanguage, say, type TextKey } from './texts.ts';

/** What the lane display shows. */
export interface Display {
  /** The verdict's key, or what the lane is in when there is none. */
  readonly key: string;
  readonly colour: 'green' | 'red' | 'amber' | 'blue' | 'calm' | 'dark';
  readonly symbol: VerdictSymbol | 'ticket' | 'dots';
  readonly what: string;
  readonly todo: string;
  readonly label?: TicketLabel | undefined;
}

/** The display of the lane now: fire first, then what is broken, then the last verdict. */
export function displayOf(door: DoorState, language: PageLanguage, timeZone: string): Display {
  const plain = (
    key: string,
    colour: Display['colour'],
    symbol: Display['symbol'],
    text: TextKey,
  ) => {
    const more = `${text}More` as TextKey;
    return { key, colour, symbol, what: say(language, text), todo: say(language, more) };
  };
  if (door.gate.emergency) return plain('emergency', 'green', 'arrow', 'emergency');
  const gateway = door.processes.gateway.state;
  if (gateway === 'stopped') return plain('down', 'dark', 'lock', 'down');
  const lane = door.lane;
  if (!lane || gateway !== 'running') return plain('starting', 'dark', 'dots', 'starting');
  if (door.gateway.state !== 'configured') {
    return plain('unconfigured', 'dark', 'dots', 'unconfigured');
  }
  if (lane.state === 'deciding' && !lane.verdict)
    return plain('reading', 'calm', 'dots', 'reading');
  if (lane.verdict) {
    const { colour, symbol } = VERDICTS[lane.verdict.key];
    const words = wordsOf(lane.verdict, language, timeZone);
    return { key: lane.verdict.key, colour, symbol, ...words, label: lane.label };
  }
  if (lane.state === 'closed') return plain('closed', 'red', 'lock', 'closed');
  return plain('ready', 'calm', 'ticket', 'ready');
}

/** The place on a ticket in one line, empty when it has none. */
export function placeOf(label: TicketLabel | undefined, language: PageLanguage): string {
  if (!label) return '';
  const parts = [
    label.rank,
    label.door && `${say(language, 'door')} ${label.door}`,
    label.row && `${say(language, 'row')} ${label.row}`,
    label.seat && `${say(language, 'seat')} ${label.seat}`,
  ];
  // a dot stays with what stands before it
  return parts.filter(Boolean).join('\u00a0· ');
}

export interface RowWords {
  readonly tone: 'green' | 'red' | 'amber' | 'blue' | 'calm';
  readonly symbol: VerdictSymbol | 'dots';
  readonly title: string;
  /** Who decided, for a decision. */
  readonly by?: string | undefined;
}

const RESULTS: Readonly<Record<string, readonly [TextKey, RowWords['tone'], RowWords['symbol']]>> =
  {
    passed: ['resultPassed', 'green', 'person'],
    released: ['resultReleased', 'calm', 'repeat'],
    cancelled: ['resultCancelled', 'calm', 'repeat'],
    late: ['resultLate', 'green', 'person'],
    unsettled: ['resultUnsettled', 'amber', 'clock'],
    started: ['eventStarted', 'calm', 'dots'],
    stopped: ['eventStopped', 'calm', 'dots'],
    tailgate: ['eventTailgate', 'red', 'person'],
    emergency: ['eventEmergency', 'amber', 'arrow'],
    'emergency-over': ['eventEmergencyOver', 'calm', 'arrow'],
    fault: ['eventFault', 'red', 'lock'],
    gap: ['eventGap', 'amber', 'lock'],
  };

const DECIDERS = { gateway: 'byGateway', cloud: 'byCloud', staff: 'byStaff' } as const;

/** One journal row in words. */
export function rowWords(row: JournalRow, language: PageLanguage, timeZone: string): RowWords {
  const said: Verdict | undefined = row.verdict;
  if (said && row.kind !== 'result') {
    const look = VERDICTS[said.key];
    const { what } = wordsOf(said, language, timeZone);
    const title = `${say(language, outcomeOf(said.key))}: ${what}`;
    const by = row.decidedBy && say(language, DECIDERS[row.decidedBy]);
    return { tone: look.colour, symbol: look.symbol, title, by };
  }
  const known = RESULTS[row.what ?? ''];
  if (!known) return { tone: 'calm', symbol: 'dots', title: row.what ?? row.kind };
  return { tone: known[1], symbol: known[2], title: say(language, known[0]) };
}

const STEPS = ['read', 'decide', 'cloud', 'journal', 'relay'] as const;

/** The times of a row that it has, in the order they happened. */
export function timesOf(
  row: JournalRow,
  language: PageLanguage,
): { name: string; text: string; total: boolean }[] {
  return STEPS.flatMap((step) => {
    const ms = row.timings?.[step];
    if (ms === undefined) return [];
    const name = say(language, step === 'journal' ? 'disk' : step);
    return [{ name, text: milliseconds(ms, language), total: step === 'relay' }];
  });
}

/** `0.3 ms`, `34 ms`: one decimal below ten. */
export function milliseconds(ms: number, language: PageLanguage): string {
  const digits = ms < 10 ? 1 : 0;
  const options = { maximumFractionDigits: digits, minimumFractionDigits: digits };
  return `${new Intl.NumberFormat(localeOf(language), options).format(ms)} ms`;
}

/** Dates and times as at a door in the Netherlands: 24 hours in both languages. */
export function localeOf(language: PageLanguage): string {
  return language === 'nl' ? 'nl-NL' : 'en-GB';
}

/** Day and time of a performance, short. */
export function showTime(moment: number, language: PageLanguage): string {
  return new Intl.DateTimeFormat(localeOf(language), {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  }).format(moment);
}

/** `42 s`, `1:30 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(Math.abs(seconds));
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')} min`;
}
