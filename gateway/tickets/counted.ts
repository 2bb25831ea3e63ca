import type { TicketsPage } from '@gatehouse/protocol';
import type { Passages } from './passages.ts';

/**
 * Passages that the rows contain from this page on: those a row names, and with the last page,
 * which brings the store to where the cloud is, all that the cloud had taken before: by the own
 * outbox, or by what the page says of other gateways' journals.
 */
export function countedBy(
  page: TicketsPage,
  settled: ReadonlySet<string>,
  passages: Passages,
): string[] {
  const rows = [...page.tickets, ...(page.secure ?? [])];
  const named = rows.flatMap(({ scans }) => scans ?? []);
  const taken = page.more ? [] : [...settled];
  const heard = page.more || !page.stored ? [] : containedBy(page.stored, passages);
  return [...new Set([...named, ...taken, ...heard])].filter((one) => passages.has(one));
}

function containedBy(stored: NonNullable<TicketsPage['stored']>, passages: Passages): string[] {
  const upTo = new Map(stored.map((one) => [`${one.gateway}/${one.epoch}`, one.upTo]));
  return [...passages.all()].flatMap(({ scanId, source }) => {
    if (!source) return [];
    const last = upTo.get(`${source.gateway}/${source.epoch}`) ?? 0;
    return source.seq <= last ? [scanId] : [];
  });
}
