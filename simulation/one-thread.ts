import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

let isHere = false;
/** A planted bug: every signature over a change of the cloud's is taken for good. */
let isTrusting = false;

export function trustNews(trusting: boolean): void {
  isTrusting = trusting;
}

type Done = (fault: Error | null, good: boolean) => void;

/**
 * Signature checks of shipping code run in the thread pool, in whatever order its threads end.
 * Here they run in this thread, so that the order of everything is the seed's.
 */
export function stayInOneThread(): void {
  if (isHere) return;
  isHere = true;
  const { verify } = crypto;
  const here = (algorithm: string | null, data: Buffer, key: crypto.KeyLike, signature: Buffer) =>
    (isTrusting && algorithm === null) || verify(algorithm, data, key, signature);
  crypto.verify = ((
    algorithm: string | null,
    data: Buffer,
    key: never,
    signature: Buffer,
    done?: Done,
  ) => {
    const good = here(algorithm, data, key, signature);
    if (!done) return good;
    queueMicrotask(() => done(null, good));
  }) as typeof crypto.verify;
  syncBuiltinESMExports();
}
