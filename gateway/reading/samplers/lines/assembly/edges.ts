/** Whether the first edge that `findEdges` found goes from light to dark. */
export let firstFalls: bool = true;

/**
 * Finds the edges of a line of i16 between peaks and valleys that differ by `swing` or more: where
 * the line crosses the middle between the two. Writes their places as f32.
 * @returns how many
 */
export function findEdges(line: usize, length: i32, swing: i32, out: usize): i32 {
  const begin = out;
  const end = line + ((<usize>length) << 1);
  let low = <i32>load<i16>(line);
  let high = low;
  let lowAt = line;
  let highAt = line;
  let at = line + 2;
  let value = low;
  // Until the line has first moved by a swing.
  for (; at < end; at += 2) {
    value = <i32>load<i16>(at);
    if (value > high) {
      high = value;
      highAt = at;
    } else if (value < low) {
      low = value;
      lowAt = at;
    }
    if (high - low >= swing) break;
  }
  if (at >= end) return 0;
  firstFalls = value === low;
  let rises = !firstFalls;
  for (at += 2; ; at += 2) {
    if (rises) {
      for (; at < end; at += 2) {
        value = <i32>load<i16>(at);
        if (value > high) {
          high = value;
          highAt = at;
        } else if (high - value >= swing) break;
      }
      out = add(line, lowAt, highAt, out);
      low = value;
      lowAt = at;
    } else {
      for (; at < end; at += 2) {
        value = <i32>load<i16>(at);
        if (value < low) {
          low = value;
          lowAt = at;
        } else if (value - low >= swing) break;
      }
      out = add(line, highAt, lowAt, out);
      high = value;
      highAt = at;
    }
    if (at >= end) break;
    rises = !rises;
  }
  return <i32>(out - begin) >> 2;
}

/** The crossing of the middle between two turning points, nearest to the first of them. */
function add(line: usize, from: usize, to: usize, out: usize): usize {
  const begin = <i32>load<i16>(from);
  const end = <i32>load<i16>(to);
  const middle = (begin + end) >> 1;
  let at = from + 2;
  if (end > begin) while (at < to && <i32>load<i16>(at) < middle) at += 2;
  else while (at < to && <i32>load<i16>(at) > middle) at += 2;
  const here = <i32>load<i16>(at - 2);
  const step = <i32>load<i16>(at) - here;
  const share: f32 = step === 0 ? 0.5 : <f32>(middle - here) / <f32>step;
  store<f32>(out, <f32>(<i32>(at - 2 - line) >> 1) + share);
  return out + 4;
}
