import type { SettleRequest, Stamp } from '@gatehouse/protocol';
import type { LocalPassage } from './passages.ts';

/** A passage as the cloud is told of it, by whoever knows of it. */
export function newsOf(passage: LocalPassage): SettleRequest {
  const { scanId, ticket, performance, direction, lane, slot, news } = passage;
  const late = news?.late;
  const at = news?.at ?? plainly(passage);
  return { scanId, kind: 'passed', lane, direction, ticket, performance, slot, late, at };
}

/** Of a passage that came without its stamp: nobody vouches for the time, and it has no boot. */
function plainly({ scanId, at }: LocalPassage): Stamp {
  const unknown = { offset: null, uncertainty: null, quality: 'plausible' as const };
  return { wall: at, mono: 0, boot: scanId, ...unknown };
}
