import { createKept, type Storage } from './kept.ts';

/** Stands in where the browser forbids keeping: the visit works, a reload forgets it. */
function forgetful(): Storage {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}

function storage(): Storage {
  try {
    return localStorage;
  } catch {
    return forgetful();
  }
}

/** What this browser remembers of the visit. */
export const kept = createKept(storage(), () => Date.now());
