import {
  FRESH_SLOTS,
  fromHex,
  isLowS,
  type JournalBatch,
  JournalBody,
  STEADY_SKEW_SLOTS,
  signedBytes,
  slotAt,
} from '@gatehouse/protocol';
import type { createSignatureCheck } from '@gatehouse/protocol/signature-check';
import type { SettleParts } from './settle.ts';
import { momentOf } from './watch.ts';

/** What is wrong with the proof of an admission that a gateway made without the cloud. */
export type ProofFault = 'forged' | 'unproven';

type Intent = Extract<JournalBody, { kind: 'intent' }>;

export interface OfflineProofParts {
  readonly tenant: string;
  readonly check: ReturnType<typeof createSignatureCheck>;
  beacon(index: number): Uint8Array | undefined;
}

/**
 * Checks the signatures of a batch's admissions without the cloud again, off the event loop and
 * before its rows are folded. Gives the digests of the rows that do not stand it.
 */
export function createOfflineProof(
  parts: OfflineProofParts,
): (batch: JournalBatch) => Promise<ReadonlyMap<string, ProofFault>> {
  return async ({ rows }) => {
    const faults = new Map<string, ProofFault>();
    await Promise.all(
      rows.map(async ({ digest, body }) => {
        const intent = offlineIntent(body);
        const fault = intent && (await faultOf(parts, intent));
        if (fault) faults.set(digest, fault);
      }),
    );
    return faults;
  };
}

/** Marks the scan of an admission whose proof does not stand, inside the fold's own batch. */
export function doubt(
  parts: Pick<SettleParts, 'scans' | 'door' | 'wrote'> & {
    readonly faults?: ReadonlyMap<string, ProofFault> | undefined;
  },
  gateway: string,
  { digest }: { readonly digest: string },
  body: JournalBody,
): void {
  if (body.kind !== 'intent' || body.verdict.key !== 'offline') return;
  const { handle, ticket, scanId } = body;
  const isOfTicket = handle !== undefined && parts.door.byHandle(handle)?.facts.id === ticket;
  const fault = parts.faults?.get(digest) ?? (isOfTicket ? undefined : 'forged');
  const scan = scanId === undefined ? undefined : parts.scans.scan(gateway, scanId);
  if (fault && scan) parts.wrote(parts.scans.doubtScan(scan.n, fault));
}

/** Most rows are something else: those are not even parsed. */
function offlineIntent(text: string): Intent | undefined {
  if (!text.includes('"offline"')) return undefined;
  try {
    const body = JournalBody.safeParse(JSON.parse(text)).data;
    const isOffline = body?.kind === 'intent' && body.verdict.key === 'offline';
    return isOffline ? body : undefined;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

async function faultOf(parts: OfflineProofParts, intent: Intent): Promise<ProofFault | undefined> {
  const { handle, generation, slot, beacon, signature } = intent;
  if (handle === undefined || generation === undefined || slot === undefined) return 'unproven';
  if (beacon === undefined || signature === undefined) return 'unproven';
  const check = parts.check(handle, generation);
  const value = parts.beacon(beacon);
  if (!check || !value) return 'unproven';
  const bytes = signedBytes({
    ...{ tenant: parts.tenant, handle: fromHex(handle) as Uint8Array, generation, slot },
    beacon: value,
  });
  const raw = Buffer.from(signature, 'base64');
  if (!isLowS(raw) || !(await check(bytes, raw))) return 'forged';
  // A good signature of another time proves nothing about this guest.
  const off = Math.abs(slot - slotAt(momentOf(intent.at)));
  const isOfItsTime = intent.at.quality !== 'trusted' || off <= STEADY_SKEW_SLOTS + FRESH_SLOTS;
  return isOfItsTime ? undefined : 'forged';
}
