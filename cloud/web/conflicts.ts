import type { PageLanguage } from './texts.ts';

/** Conflicts on the page at most; older ones come page by page. */
export const CONFLICTS_MAX = 500;

export interface ConflictSide {
  readonly gateway: string;
  readonly lane: string;
  readonly scanId: string;
  readonly verdict: string | null;
  readonly decidedBy: 'cloud' | 'gateway' | 'staff';
  readonly passed: number;
  readonly uncertainty: number | null;
  readonly quality: string;
  readonly split: boolean;
  readonly unconfirmed: boolean;
}

export interface Conflict {
  readonly id: number;
  readonly matter: 'double' | 'revoked';
  readonly ticket: string;
  readonly performance: string;
  readonly title: string;
  readonly place: string;
  readonly kind: 'knew' | 'could-not-know' | 'same-moment' | null;
  readonly order: 'cursor' | 'peer' | 'gateway' | 'time' | 'unknown';
  readonly passages: readonly ConflictSide[];
  readonly sharedPicture: boolean;
  readonly revocation: { readonly status: string; readonly at: number } | null;
  readonly found: number;
  readonly state: 'open' | 'handled';
  readonly handled: {
    readonly note: string;
    readonly by: string | null;
    readonly at: number;
  } | null;
}

export interface ParkedRow {
  readonly gateway: string;
  readonly epoch: string;
  readonly seq: number;
  readonly digest: string;
  readonly reason: string;
  readonly received: number;
  /** Of a fork: the row that counts at the same place. */
  readonly other: { readonly digest: string; readonly received: number } | null;
}

/** Rows that a gateway's disk has lost. */
export interface GapRow {
  readonly gateway: string;
  readonly epoch: string;
  readonly from: number;
  readonly to: number;
  readonly why: string;
  readonly at: number;
}

/** Two machines that run as one gateway. */
export interface CloneRow {
  readonly gateway: string;
  readonly one: string;
  readonly other: string;
  readonly evidence: 'journal' | 'heartbeat';
  readonly found: number;
  readonly latest: number;
}

/** What `GET /parked` gives. */
export interface SetAside {
  readonly parked: readonly ParkedRow[];
  readonly gaps: readonly GapRow[];
  readonly clones: readonly CloneRow[];
}

export interface ConflictChoice {
  readonly state: 'open' | 'handled';
  /** Empty for all. */
  readonly performance: string;
}

/** The list with one conflict as it now is: in its place, out of it, or new; newest first. */
export function withConflict(
  list: readonly Conflict[],
  conflict: Conflict,
  choice: ConflictChoice,
): Conflict[] {
  const others = list.filter(({ id }) => id !== conflict.id);
  const wanted =
    conflict.state === choice.state &&
    (choice.performance === '' || choice.performance === conflict.performance);
  const all = wanted ? [...others, conflict] : others;
  return all.sort((a, b) => b.id - a.id).slice(0, CONFLICTS_MAX);
}

/** Where the API lists what was chosen, from before an id on. */
export function listPath(choice: ConflictChoice, before?: number): string {
  const query = new URLSearchParams({ state: choice.state, limit: '50' });
  if (choice.performance !== '') query.set('performance', choice.performance);
  if (before !== undefined) query.set('before', String(before));
  return `/conflicts?${query}`;
}

/** `± 0.3 s`; empty where nobody knows. */
export function plusMinus(uncertainty: number | null, language: PageLanguage): string {
  if (uncertainty === null) return '';
  const number = new Intl.NumberFormat(language === 'nl' ? 'nl-NL' : 'en-GB', {
    maximumFractionDigits: uncertainty < 100 ? 2 : 1,
  });
  return `± ${number.format(uncertainty / 1000)} s`;
}

/** What its lane missed of the other gateways, as words of the page; empty for nothing. */
export function missedBy({ split, unconfirmed }: ConflictSide): ('split' | 'unconfirmed')[] {
  return [...(split ? ['split' as const] : []), ...(unconfirmed ? ['unconfirmed' as const] : [])];
}

/** How grave it is: our own fault stands out. */
export function toneOfKind(kind: Conflict['kind']): 'bad' | 'warn' | '' {
  if (kind === 'knew') return 'bad';
  return kind === 'could-not-know' ? 'warn' : '';
}
