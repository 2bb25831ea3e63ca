/** Longest line and event kept while it is incomplete; more is a broken sender. */
const MAX_EVENT_CHARACTERS = 1_000_000;

/**
 * Puts the `data` of server-sent events together from pieces of text.
 * @param onData one event's data; called in order
 * @throws RangeError when an event grows without end
 */
export function eventReader(onData: (data: string) => void): (piece: string) => void {
  let rest = '';
  let data: string[] = [];
  return (piece) => {
    rest += piece;
    for (;;) {
      const end = rest.indexOf('\n');
      if (end < 0) break;
      const line = rest.slice(0, end).replace(/\r$/, '');
      rest = rest.slice(end + 1);
      if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''));
      if (line === '' && data.length > 0) {
        onData(data.join('\n'));
        data = [];
      }
    }
    if (rest.length > MAX_EVENT_CHARACTERS) throw new RangeError('an event has no end');
  };
}
