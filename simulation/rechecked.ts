import { createHash } from 'node:crypto';
import { FIRST_PREVIOUS, type JournalBody, sealedText } from '@gatehouse/protocol';
import { row, rows } from './cloud-rows.ts';
import type { HealedParts } from './healed.ts';
import { type Admission, hasPassed, short } from './ledger.ts';

/** A hold that was set this long before a passage, and lasted this long after, surely stood. */
const SURE_MS = 3_000;
/** A clock that drifts by more than this says nothing sure of when somebody passed. */
const DRIFT_PPM_MAX = 200;
const FORGER = 'forger';

interface ScanOfCloud {
  readonly result: string | null;
  readonly conflict: number;
  readonly details: string;
  readonly verdict: string | null;
  readonly decided_by: string;
}

function scansOf({ cloud }: HealedParts, gateway: string, scan: string): ScanOfCloud[] {
  return rows<ScanOfCloud>(
    cloud,
    'select result, conflict, details, verdict, decided_by from scans where gateway = ? and scan = ?',
    gateway,
    scan,
  );
}

/**
 * Every admission that reached a disk is one scan in the cloud, and its end is known there: a lane
 * that died holding it leaves it to a person, and never lets it vanish.
 */
export function scansKnown(parts: HealedParts): void {
  const { world, cloud, ledger, lost } = parts;
  for (const [scan, { gateway, intent, result }] of ledger.admissions) {
    if (lost.has(gateway)) continue;
    const found = scansOf(parts, gateway, scan);
    if (found.length !== 1) {
      world.story.wrong('scan-once', `${scan} of ${gateway} is ${found.length} scans`);
    }
    const end = found[0]?.result ?? null;
    if (end === null) world.story.wrong('grant-kept', `${scan} of ${gateway} has no end`);
    const isGranted = intent.decidedBy === 'cloud' && intent.ticket !== undefined;
    if (end !== 'unsettled' || result !== 'unsettled' || !isGranted) continue;
    const open = row<{ n: number }>(
      cloud,
      'select count(*) as n from grants where gateway = ? and scan = ?',
      ...[gateway, scan],
    ).n;
    if (open !== 1) world.story.wrong('grant-kept', `${scan} of ${gateway} is nobody’s any more`);
  }
}

/** Whom a person let in stands in the cloud with who that was, and why. */
export function overridesNamed(parts: HealedParts): void {
  const { world, ledger, lost } = parts;
  for (const [scan, { gateway, intent }] of ledger.admissions) {
    if (intent.verdict.key !== 'override' || lost.has(gateway)) continue;
    const { verdict, decided_by, details = '{}' } = scansOf(parts, gateway, scan)[0] ?? {};
    const { by, reason } = JSON.parse(details) as { by?: string; reason?: string };
    const isTold = verdict === 'override' && decided_by === 'staff';
    if (isTold && by === intent.by && reason === intent.verdict.details.reason) continue;
    world.story.wrong(
      'override-named',
      `${scan} of ${gateway} is ${verdict}, by ${by}, in the cloud`,
    );
  }
}

/** A passage of a ticket that was surely held back is shown to people. */
export function revokedFlagged(parts: HealedParts): void {
  const { world, cloud, ledger, lost, nodes, office } = parts;
  if (cloud.clockSet > Number.NEGATIVE_INFINITY) return;
  const wild = new Set(nodes.filter(({ wildest }) => wildest > DRIFT_PPM_MAX));
  if (wild.size > 0) return;
  for (const [scan, admission] of ledger.admissions) {
    const { gateway, intent, passed, result } = admission;
    const isIn = intent.direction === 'entry' && result === 'passed' && hasPassed(admission);
    if (!isIn || passed === undefined || lost.has(gateway)) continue;
    if (!office.wasRevoked(intent.ticket ?? '', passed, SURE_MS)) continue;
    const { n } = row<{ n: number }>(
      cloud,
      `select count(*) as n from conflicts where gateway = ? and scan = ? and matter = 'revoked'`,
      ...[gateway, scan],
    );
    if (n === 0) {
      world.story.wrong('revoked-flagged', `${gateway} let in ${short(intent.ticket)} unseen`);
    }
  }
}

/**
 * The cloud has checked the proof of every admission without it: those of real phones stand, and
 * one that is not what it was does not.
 */
export async function offlineRechecked(parts: HealedParts): Promise<void> {
  const { world, ledger, lost } = parts;
  const alone = [...ledger.admissions].filter(
    ([, { intent, gateway }]) => intent.verdict.key === 'offline' && !lost.has(gateway),
  );
  for (const [scan, { gateway }] of alone) {
    const reason = reasonOf(scansOf(parts, gateway, scan)[0]);
    if (reason === undefined) continue;
    world.story.wrong('offline-rechecked', `${scan} of ${gateway} is said to be ${reason}`);
  }
  const [last] = alone.slice(-1);
  if (last) await forge(parts, last[1]);
}

function reasonOf(scan: ScanOfCloud | undefined): string | undefined {
  return (JSON.parse(scan?.details ?? '{}') as { reason?: string }).reason;
}

/** A gateway that lies about a proof, and one that has none, are found out. */
async function forge(parts: HealedParts, { intent }: Admission): Promise<void> {
  const { world, cloud } = parts;
  const { signature = '' } = intent;
  const other = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
  const lies: [string, Partial<JournalBody>][] = [
    ['forged', { signature: other } as Partial<JournalBody>],
    ['forged', { slot: (intent.slot ?? 0) + 1 }],
    ['unproven', { signature: undefined } as Partial<JournalBody>],
  ];
  let previous = FIRST_PREVIOUS;
  const told = lies.map(([, lie], n) => {
    const scanId = `00000000-0000-7000-8000-00000000000${n}`;
    const body = JSON.stringify({ ...intent, ...lie, scanId });
    const digest = createHash('sha256').update(sealedText(previous, body)).digest('hex');
    const made = { seq: n + 1, previous, digest, body };
    previous = digest;
    return { scanId, made };
  });
  const sent = cloud.journal(FORGER, { epoch: FORGER, rows: told.map(({ made }) => made) });
  await world.until(world.now + SURE_MS);
  await sent;
  for (const [n, [expected]] of lies.entries()) {
    const reason = reasonOf(scansOf(parts, FORGER, told[n]?.scanId ?? '')[0]);
    if (reason !== expected) {
      world.story.wrong('offline-rechecked', `a lie, ${expected}, passed as ${reason ?? 'good'}`);
    }
  }
}
