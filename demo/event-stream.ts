import type { FastifyReply } from 'fastify';
import type { Board } from './board.ts';
import type { DoorEvent } from './door-state.ts';

/** A comment so often keeps the connection open through whatever stands between. */
const PING_MILLISECONDS = 15_000;
/** A page that reads slower than this many bytes behind is let go; it comes back for a snapshot. */
const MAX_BEHIND_BYTES = 2 * 1024 * 1024;

/** Server-sent events of the door; each page begins with a snapshot. */
export function eventStream(board: Board) {
  const open = new Set<FastifyReply>();
  return {
    add(reply: FastifyReply): void {
      reply.hijack();
      const { raw } = reply;
      raw.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      const send = (event: DoorEvent) => {
        if (raw.writableLength > MAX_BEHIND_BYTES) raw.destroy();
        else raw.write(`data: ${JSON.stringify(event)}\n\n`);
      };
      const unwatch = board.watch(send);
      const ping = setInterval(() => raw.write(': here\n\n'), PING_MILLISECONDS);
      open.add(reply);
      raw.on('close', () => {
        clearInterval(ping);
        unwatch();
        open.delete(reply);
      });
      send({ type: 'snapshot', state: board.state });
    },
    end(): void {
      for (const reply of open) reply.raw.end();
    },
  };
}
