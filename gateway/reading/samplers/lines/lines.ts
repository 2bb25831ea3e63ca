import { bandsOf } from './bands.ts';
import type { Lines } from './lines-types.ts';
import { openMemory } from './memory.ts';
import { sheetsOf, viewsOf } from './sheets.ts';

let opened: Lines | undefined;

/** The kernels of this thread; what they hold is good until the next look. */
export function lines(): Lines {
  opened ??= openLines();
  return opened;
}

/** The kernels compiled from assembly/; one instance belongs to one thread. */
export function openLines(): Lines {
  const memory = openMemory();
  return {
    look: memory.look,
    ...bandsOf(memory),
    ...viewsOf(memory),
    ...sheetsOf(memory),
  };
}
