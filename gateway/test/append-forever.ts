/** Appends to a journal until it is killed; says each sequence once it is acknowledged. */
import { createJournal } from '../journal/index.ts';
import { body } from './samples.ts';

const journal = createJournal({
  file: process.argv[2] as string,
  epoch: process.argv[3] as string,
});
await journal.start();
for (let number = 1; ; number++) {
  const seqs = await Promise.all(
    [1, 2, 3].map((lane) => journal.append(body('intent', number * 3 + lane))),
  );
  process.stdout.write(`${seqs.join('\n')}\n`);
}
