import { gunzipSync, gzipSync } from 'node:zlib';
import { protocolErrors } from './error-table.ts';
import { errorsOf } from './errors.ts';
import { PAYLOAD_BYTES_MAX } from './messages.ts';
import { type Message, type NameOf, TOPICS, type Way } from './topics.ts';

const fail = errorsOf(protocolErrors);
const GZIP_LEVEL = 6;

/** A message as the bytes that are published. */
export function encode<W extends Way, N extends NameOf<W>>(
  way: W,
  name: N,
  message: Message<W, N>,
): Buffer {
  const bytes = Buffer.from(JSON.stringify(message));
  return topicEntry(way, name).gzip ? gzipSync(bytes, { level: GZIP_LEVEL }) : bytes;
}

/**
 * Published bytes as a checked message.
 * @throws GatehouseError `message-too-large`, `message-not-json` or `message-invalid`
 */
export function decode<W extends Way, N extends NameOf<W>>(
  way: W,
  name: N,
  payload: Uint8Array,
): Message<W, N> {
  const { schema, gzip } = topicEntry(way, name);
  const result = schema.safeParse(parseJson(gzip ? unzip(payload) : payload));
  if (result.success) return result.data as Message<W, N>;
  const issue = result.error.issues[0];
  throw fail('message-invalid', {
    field: issue?.path.join('.') || '(whole)',
    fault: issue?.message ?? 'unknown',
  });
}

function topicEntry(way: Way, name: string) {
  const entries: Record<string, (typeof TOPICS)['up']['validate'] | undefined> = TOPICS[
    way
  ] as never;
  const entry = entries[name];
  if (!entry) throw new RangeError(`no topic ${way}/${name}`);
  return entry;
}

function unzip(payload: Uint8Array): Uint8Array {
  try {
    return gunzipSync(payload, { maxOutputLength: PAYLOAD_BYTES_MAX });
  } catch (cause) {
    const code = (cause as { code?: string }).code;
    const tooLarge = code === 'ERR_BUFFER_TOO_LARGE';
    throw fail(
      tooLarge ? 'message-too-large' : 'message-not-json',
      { bytes: payload.length },
      cause,
    );
  }
}

function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length > PAYLOAD_BYTES_MAX) throw fail('message-too-large', { bytes: bytes.length });
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw fail('message-not-json', { bytes: bytes.length }, cause);
  }
}
