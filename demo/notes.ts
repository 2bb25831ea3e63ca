import { readFile } from 'node:fs/promises';
import { writeDurably } from '@gatehouse/provisioning';
import { z } from 'zod';
import { demoError } from './errors.ts';

const port = z.int().min(1).max(65_535);
const performance = z.object({
  id: z.string(),
  title: z.string(),
  hall: z.string(),
  starts: z.number(),
  closes: z.number(),
  secure: z.boolean(),
});

/** What the demonstration keeps between two starts. */
const notesSchema = z.object({
  ports: z.object({ cloud: port, enrol: port, mqtt: port, cable: port, gateway: port }).optional(),
  evening: z.object({ regular: performance, secure: performance }).optional(),
  /** Seats given out so far, so that no two tickets name the same one. */
  seats: z.int().min(0).default(0),
});

export type Notes = z.infer<typeof notesSchema>;
export type Ports = NonNullable<Notes['ports']>;

export interface NotesFile {
  read(): Promise<Notes>;
  write(notes: Notes): Promise<void>;
}

/** The demonstration's own small file; @throws GatehouseError `demo-notes-broken` on reading. */
export function notesFile(file: string): NotesFile {
  return {
    async read() {
      let text: string;
      try {
        text = await readFile(file, 'utf8');
      } catch (cause) {
        if ((cause as { code?: string }).code === 'ENOENT') return notesSchema.parse({});
        throw demoError('demo-notes-broken', { file, fault: String(cause) }, cause);
      }
      try {
        return notesSchema.parse(JSON.parse(text));
      } catch (cause) {
        throw demoError('demo-notes-broken', { file, fault: 'not as it was written' }, cause);
      }
    },
    write: (notes) => writeDurably(file, `${JSON.stringify(notes, null, 2)}\n`),
  };
}
