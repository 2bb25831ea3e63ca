import { randomBytes, randomUUID } from 'node:crypto';
import { v7 } from 'uuid';

/** Names that nobody else makes. */
export interface Ids {
  /** A scan id: UUIDv7. */
  scan(): string;
  /** An epoch of the journal, drawn at every process start. */
  epoch(): string;
  /** A request id: UUID. */
  request(): string;
}

export const systemIds: Ids = {
  scan: () => v7(),
  epoch: () => randomBytes(8).toString('hex'),
  request: () => randomUUID(),
};
