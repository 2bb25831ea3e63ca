import { api, attempt, renewSession, sayFault } from '../admin.svelte.ts';
import { ApiError } from '../api.ts';

/** Work that waits until its person has proved once more who they are. */
export const proof = $state({ again: undefined as (() => Promise<void>) | undefined });

/** What a button or form is doing, and how it went; work may give a text to be said. */
export function createWork() {
  const state = $state({ busy: false, failed: '', said: '', details: {} as object });
  async function run(work: () => Promise<unknown>): Promise<boolean> {
    state.busy = true;
    state.failed = '';
    state.said = '';
    state.details = {};
    try {
      const said = await work();
      state.said = typeof said === 'string' ? said : '';
      return true;
    } catch (error) {
      // a wrong proof is no reason to sign anybody out
      const lost = error instanceof ApiError && error.status === 401;
      if (lost && error.code !== 'staff-login-wrong') {
        await attempt(() => api().get('/staff/session'));
      } else if (error instanceof ApiError && error.code === 'staff-proof-needed') {
        proof.again = async () => {
          await run(work);
        };
      }
      state.failed = sayFault(error);
      state.details = error instanceof ApiError ? { code: error.code, ...error.details } : {};
      return false;
    } finally {
      state.busy = false;
    }
  }
  return { state, run };
}

export type Work = ReturnType<typeof createWork>;

/** Proves password and second factor, then goes on with what waited for it. */
export async function prove(password: string, code: string): Promise<void> {
  await renewSession('/staff/prove', { password, code });
  const { again } = proof;
  proof.again = undefined;
  await again?.();
}
