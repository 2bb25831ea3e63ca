import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StaffList } from '@gatehouse/protocol';
import { writeDurably } from '@gatehouse/provisioning';
import { z } from 'zod';
import type { Log } from '../log.ts';

const FILE = 'local.json';

const KeptHandheld = z.object({
  handheld: z.string(),
  name: z.string(),
  confirmed: z.boolean(),
  paired: z.number(),
  seen: z.number().optional(),
  device: z.string(),
  /** SubjectPublicKeyInfo, base64. */
  key: z.string(),
});
export type KeptHandheld = z.infer<typeof KeptHandheld>;

const Kept = z.object({
  version: z.literal(1),
  handhelds: z.array(KeptHandheld),
  /** The venue's staff as the cloud has last told it. */
  staff: StaffList.optional(),
  /** Wrong PINs since the last right one, by staff id. */
  tries: z.record(z.string(), z.object({ wrong: z.number(), since: z.number() })),
  /** scrypt of the PIN of the technician's page. */
  pin: z.string().optional(),
});
export type Kept = z.infer<typeof Kept>;

const EMPTY: Kept = { version: 1, handhelds: [], tries: {} };

/** What the gateway's own pages need after a power cut: one small file, 0600, replaced whole. */
export interface KeptFile {
  load(): Promise<void>;
  read(): Kept;
  /** Changes it in memory at once; resolves when it is on disk. @throws `disk-failed` */
  change(to: (kept: Kept) => Kept): Promise<void>;
}

export function createKeptFile(dataDir: string, log: Log): KeptFile {
  const file = join(dataDir, FILE);
  let kept = EMPTY;
  let writing: Promise<void> = Promise.resolve();
  return {
    async load() {
      const text = await readFile(file, 'utf8').catch(() => undefined);
      if (text === undefined) return;
      try {
        kept = Kept.parse(JSON.parse(text));
      } catch (cause) {
        // Handhelds are paired again and the staff list comes anew; nothing is admitted by this.
        log.error({ fault: (cause as Error).message }, 'the file of handhelds and staff is lost');
      }
    },
    read: () => kept,
    change(to) {
      kept = to(kept);
      const done = writing.then(() => writeDurably(file, JSON.stringify(kept)));
      writing = done.catch(() => undefined);
      return done;
    },
  };
}
