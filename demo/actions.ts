import { demoError } from './errors.ts';
import { isOpen, makeEvening } from './evening.ts';
import type { House } from './house.ts';
import type { DoorActions } from './routes.ts';
import { bindKey, currentBeacon, newTicket, seatOf } from './tickets.ts';

/** What visitors can do, done with the house. */
export function doorActions(house: House, language: 'nl' | 'en'): DoorActions {
  const { entrance, cable, gateway, client, board } = house;
  const nextSeat = seatCounter(house);
  return {
    hold: (picture, milliseconds) => entrance.hold(picture, milliseconds),
    takeAway: () => entrance.takeAway(),
    type: (text) => entrance.type(text),
    walk: () => entrance.walk(),
    push: () => entrance.push(),
    pressFire: (pressed) => entrance.pressFire(pressed),
    async setCable(plugged) {
      await (plugged ? cable.plug() : cable.cut());
      board.tell({ type: 'cable', state: cable.state });
    },
    async setGateway(running) {
      if (running) gateway.start();
      else await gateway.stop();
    },
    async newTicket(kind) {
      const { evening } = board.state;
      if (!evening) throw demoError('demo-cloud-away');
      return newTicket(client, evening[kind], seatOf(await nextSeat(), language));
    },
    bindKey: (ticket, publicKey) => bindKey(client, ticket, publicKey),
    beacon: () => currentBeacon(client),
    adminLink: async () => `/admin/#token=${encodeURIComponent(await house.token())}`,
  };
}

/** Counts seats through restarts; one at a time, since the file takes one writer. */
function seatCounter(house: House): () => Promise<number> {
  let turn: Promise<unknown> = Promise.resolve();
  return () => {
    const mine = turn.then(async () => {
      const notes = await house.notes.read();
      await house.notes.write({ ...notes, seats: notes.seats + 1 });
      return notes.seats;
    });
    turn = mine.catch(() => undefined);
    return mine;
  };
}

/** The evening of last time while its door is open, else a new one. */
export async function thisEvening(house: House, language: 'nl' | 'en', now: number): Promise<void> {
  const notes = await house.notes.read();
  let { evening } = notes;
  if (!evening || !isOpen(evening, now)) {
    evening = await makeEvening(house.client, language, now);
    await house.notes.write({ ...notes, evening });
  }
  house.board.tell({ type: 'evening', evening });
}
