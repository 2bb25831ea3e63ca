import { api } from '../admin.svelte.ts';
import type { Seat } from './seats.ts';

/** A blocked place; `seat` is missing where seating is free. */
export interface Block {
  readonly id: string;
  readonly seat: string | null;
  readonly kind: 'good' | 'conditional' | null;
  readonly reason: string | null;
  readonly value: number | null;
}

/** Blocks that differ in nothing but their place, in the order in which they were made. */
export function groupsOf(blocks: readonly Block[]) {
  const keyOf = ({ kind, reason, value }: Block) => JSON.stringify([kind, reason, value]);
  return [...Map.groupBy(blocks, keyOf)].map(([key, list]) => ({
    ...{ key, list, kind: list[0]?.kind ?? 'good' },
    ...{ reason: list[0]?.reason ?? '', value: list[0]?.value ?? 0 },
  }));
}

/** The seats of a performance as the shop knows them, none where seating is free. */
export async function seatsOf(performance: string): Promise<Seat[]> {
  const answer = await fetch(`/shop/api/v1/performances/${encodeURIComponent(performance)}/seats`);
  // what has no ticket types yet has no seats to show there
  return answer.ok ? ((await answer.json()) as { seats: Seat[] }).seats : [];
}

export async function blocksOf(performance: string): Promise<Block[]> {
  const path = `/performances/${encodeURIComponent(performance)}/blocks`;
  return (await api().get<{ blocks: Block[] }>(path)).blocks;
}
