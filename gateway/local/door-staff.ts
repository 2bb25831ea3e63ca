import type { DoorPerson, StaffList } from '@gatehouse/protocol';
import { gatewayError } from '../errors.ts';
import type { KeptFile } from './kept.ts';
import type { Pins } from './pin.ts';

/** Wrong PINs in a row until somebody has to unlock. */
export const PIN_TRIES_MAX = 5;

/** Who may work at this gateway, by the list that the cloud has last told; works without it. */
export interface DoorStaff {
  /** Version of the list that is kept; null before the first. */
  version(): number | null;
  /** Takes a newer list in; resolves with whether it was one, when it is on disk. */
  take(list: StaffList): Promise<boolean>;
  /**
   * @param locked told who has just been locked
   * @throws GatehouseError `identify-wrong`, `staff-locked`, `identify-busy`
   */
  identify(code: string, pin: string, locked: (staff: string) => void): Promise<DoorPerson>;
  find(staff: string): DoorPerson | undefined;
  locked(): { staff: string; name: string; since: number; tries: number }[];
  unlock(staff: string): Promise<void>;
}

export interface DoorStaffOptions {
  readonly kept: KeptFile;
  readonly pins: Pins;
  readonly venue: () => string | undefined;
  readonly now: () => number;
}

export function createDoorStaff({ kept, pins, venue, now }: DoorStaffOptions): DoorStaff {
  const people = () => kept.read().staff?.staff ?? [];
  const triesOf = (staff: string) => kept.read().tries[staff]?.wrong ?? 0;

  function setTries(staff: string, wrong: number): Promise<void> {
    return kept.change((all) => {
      const { [staff]: _, ...tries } = all.tries;
      return {
        ...all,
        tries: wrong === 0 ? tries : { ...tries, [staff]: { wrong, since: now() } },
      };
    });
  }

  return {
    version: () => kept.read().staff?.version ?? null,
    async take(list) {
      const known = kept.read().staff;
      if (
        list.venue !== venue() ||
        (known?.venue === list.venue && known.version >= list.version)
      ) {
        return false;
      }
      await kept.change((all) => ({
        ...all,
        staff: list,
        handhelds: all.handhelds.filter(({ handheld }) => !list.unpaired.includes(handheld)),
      }));
      return true;
    },
    async identify(code, pin, locked) {
      const person = people().find((one) => one.code.toLowerCase() === code.toLowerCase());
      const staff = person?.staff ?? '';
      if (person && triesOf(staff) >= PIN_TRIES_MAX) throw gatewayError('staff-locked');
      // Counted before the answer is known, so that many at once are no more than many in a row.
      if (person) await setTries(staff, triesOf(staff) + 1);
      if (await pins.check(pin, person?.pin)) {
        await setTries(staff, 0);
        return person as DoorPerson;
      }
      if (person && triesOf(staff) === PIN_TRIES_MAX) locked(staff);
      throw gatewayError('identify-wrong');
    },
    find: (staff) => people().find((one) => one.staff === staff),
    locked: () =>
      people()
        .filter(({ staff }) => triesOf(staff) >= PIN_TRIES_MAX)
        .map(({ staff, name }) => {
          const { wrong = 0, since = 0 } = kept.read().tries[staff] ?? {};
          return { staff, name, since, tries: wrong };
        }),
    unlock: (staff) => setTries(staff, 0),
  };
}
