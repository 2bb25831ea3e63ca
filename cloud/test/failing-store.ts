import type { Store } from '../store/index.ts';

/** Makes the database as full as it can get; gives the way back. */
export function fillUp(store: Store): () => void {
  const { max_page_count: before } = store.prepare('pragma max_page_count').get() as {
    max_page_count: number;
  };
  const { page_count: now } = store.prepare('pragma page_count').get() as { page_count: number };
  store.prepare(`pragma max_page_count = ${now}`).get();
  return () => {
    store.prepare(`pragma max_page_count = ${before}`).get();
  };
}
