import { admin, api } from '../admin.svelte.ts';
import type { Performance } from '../api.ts';

/** Who uses the page; a token may everything that its own role lets it. */
export const me = $state({ id: '', name: '', roles: [] as readonly string[] });

/** Asks who is logged in; a token has no session to ask for. */
export async function askWho(): Promise<void> {
  if (admin.token) {
    Object.assign(me, { id: '', name: '', roles: ['administrator'] });
    return;
  }
  type Answer = { account: { id: string; name: string; roles: string[] } };
  const { account } = await api().get<Answer>('/staff/session');
  Object.assign(me, account);
}

/** Loads the performances that pages let people choose from. */
export async function loadPerformances(): Promise<void> {
  const path = '/performances';
  admin.performances = (await api().get<{ performances: Performance[] }>(path)).performances;
}
