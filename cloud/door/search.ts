import { type FoundTicket, type Message, TicketLabel } from '@gatehouse/protocol';
import type { Selectable } from 'kysely';
import type { Clock, Log } from '../ports.ts';
import type { Store, TicketTable } from '../store/index.ts';

/** What a lead searches: performances that begin from so long ago to so far ahead. */
const BEGAN_AGO_MS = 12 * 3_600_000;
const BEGINS_WITHIN_MS = 18 * 3_600_000;
const HOLDER_MAX = 200;
const NUMBER_MAX = 40;

type Question = Message<'up', 'search'>;
type Answer = Message<'down', 'search'>;
type Found = Pick<
  Selectable<TicketTable>,
  'id' | 'performance' | 'kind' | 'status' | 'uses' | 'used' | 'inside' | 'label'
> & { name: string; number: string };

/** Finds tickets of today by a guest's name or an order's number, for a lead at a door. */
export function createDoorSearch(parts: { store: Store; clock: Clock; log: Log }) {
  const { store, clock, log } = parts;
  const find = store.prepareRead(
    `select t.id, t.performance, t.kind, t.status, t.uses, t.used, t.inside, t.label, o.name,
       o.number
     from performances p
     join order_items i on i.performance = p.id
     join orders o on o.id = i.order_id
     join tickets t on t.id = i.ticket
     where p.starts between ?1 and ?2
       and (?3 = '[]' or p.hall in (select value from json_each(?3)))
       and (o.number = ?4 collate nocase or o.name like ?5 escape '\\')
     order by p.starts desc, o.name, o.id, i.position limit ?6`,
  );
  return (gateway: string, halls: readonly string[], question: Question): Answer => {
    const { requestId, words, limit } = question;
    const escaped = words.replace(/[\\%_]/g, (sign) => `\\${sign}`);
    const now = clock.now();
    const rows = find.all(
      ...[now - BEGAN_AGO_MS, now + BEGINS_WITHIN_MS, JSON.stringify(halls)],
      ...[words.trim(), `%${escaped.trim()}%`, limit + 1],
    ) as unknown as Found[];
    const found = rows.slice(0, limit).map(foundOf);
    // Never the words: they are a guest's name.
    log.info({ gateway, found: found.length }, 'a lead at a door has searched');
    return { requestId, found, more: rows.length > limit };
  };
}

function foundOf({ id, name, number, label, inside, ...rest }: Found): FoundTicket {
  const shown = TicketLabel.safeParse(JSON.parse(label));
  return {
    ...{ ticket: id, ...rest, inside: inside > 0 },
    ...(name === '' ? {} : { holder: name.slice(0, HOLDER_MAX) }),
    order: number.slice(0, NUMBER_MAX),
    ...(shown.success && { label: shown.data }),
  };
}
