import type { Turnstile } from '@gatehouse/hardware';
import { type Command, type CommandAnswer, GatehouseError } from '@gatehouse/protocol';
import type { VenueTime } from '../clock.ts';
import type { Journal } from '../journal/index.ts';
import type { Log } from '../log.ts';
import type { Arming } from './arming.ts';
import { configuringError } from './errors.ts';

/** Commands remembered, so that one that comes twice is done once. */
const REMEMBERED_MAX = 200;
/** How long a test opens the relay. */
const PULSE_MS = 500;
/** Why a lane is closed that somebody has closed from afar. */
export const CLOSED_FROM_AFAR = 'lane-closed-by-person';

/** A lane as a command sees it. */
export interface CommandedLane {
  readonly lane: string;
  readonly direction: 'entry' | 'exit';
  readonly isClosed: boolean;
  readonly turnstile: Pick<Turnstile, 'unlock' | 'lock'>;
  shut(code: string | undefined): void;
}

export interface CommandParts {
  readonly time: Pick<VenueTime, 'now' | 'stamp'>;
  readonly journal: Pick<Journal, 'append'>;
  readonly arming: Pick<Arming, 'armed'>;
  readonly log: Log;
  lanes(): readonly CommandedLane[];
  cursor(): number | null;
  /** Ends the process or begins anew, soon. */
  restart(): void;
}

/** Does each command once, after its row is on disk, and answers it; late ones are not done. */
export function createCommands(parts: CommandParts): (command: Command) => Promise<CommandAnswer> {
  const answered = new Map<string, Promise<CommandAnswer>>();

  async function answer(command: Command): Promise<CommandAnswer> {
    const { id, by, lane } = command;
    try {
      if (parts.time.now() > command.expires) throw configuringError('command-late');
      const lanes = chosen(parts, command);
      await parts.journal.append({
        ...{ kind: 'event', event: 'command', code: command.do, by: by.slice(0, 64) },
        ...{ lane, at: parts.time.stamp(), cursor: parts.cursor() },
      });
      for (const one of lanes) await obey(command.do, one);
      if (command.do === 'restart') parts.restart();
      parts.log.info({ command: command.do, lane }, 'command done');
      return { id, done: true };
    } catch (error) {
      const code = error instanceof GatehouseError ? error.code : 'command-failed';
      parts.log.warn({ command: command.do, lane, code }, 'command not done');
      return { id, done: false, code };
    }
  }

  return (command) => {
    const known = answered.get(command.id);
    if (known) return known;
    const said = answer(command);
    answered.set(command.id, said);
    if (answered.size > REMEMBERED_MAX) answered.delete(answered.keys().next().value as string);
    return said;
  };
}

function chosen(parts: CommandParts, command: Command): readonly CommandedLane[] {
  if (command.do === 'restart') return [];
  const lanes = parts.lanes().filter(({ lane }) => [undefined, lane].includes(command.lane));
  if (lanes.length === 0) throw configuringError('command-lane-unknown', { lane: command.lane });
  if (command.do !== 'test-pulse') return lanes;
  if (!parts.arming.armed) throw configuringError('command-not-armed');
  const open = lanes.find(({ isClosed }) => !isClosed);
  if (open) throw configuringError('command-lane-open', { lane: open.lane });
  return lanes;
}

async function obey(what: Command['do'], lane: CommandedLane): Promise<void> {
  if (what === 'close') lane.shut(CLOSED_FROM_AFAR);
  else if (what === 'open') lane.shut(undefined);
  else if (what === 'test-pulse') {
    await lane.turnstile.unlock(lane.direction, PULSE_MS);
  }
}
