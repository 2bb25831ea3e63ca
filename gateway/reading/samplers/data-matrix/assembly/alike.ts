import { SEEN } from '../../qr/assembly/desk';
import { across, likeness, look } from '../../qr/assembly/look';
import { from, h, w } from '../../qr/assembly/target';
import { TABLE_BYTES, TABLES } from './desk';

/** How like a table of known modules what the warp shows is. */
export function alike(table: i32): f32 {
  const head = TABLES + <usize>table * TABLE_BYTES;
  return likeness(load<i32>(head), SEEN, load<i32>(head, 4), load<f32>(head, 8), from, w, h);
}

/** How like dark and light in turn a table's modules are, each against the two beside it. */
export function inTurn(table: i32): f32 {
  const head = TABLES + <usize>table * TABLE_BYTES;
  const at = load<i32>(head);
  const count = load<i32>(head, 4);
  const size = (<usize>count) << 2;
  look(at, at + size, SEEN, count, from, w, h);
  const weights = at + 2 * size;
  let squares = f32x4.splat(0);
  let both = squares;
  for (let i: usize = 0; i < size; i += 16) {
    const weight = v128.load(weights + i);
    const here = v128.load(SEEN + i);
    const beside = f32x4.add(v128.load(SEEN + i - 4), v128.load(SEEN + i + 4));
    const value = f32x4.mul(f32x4.sub(f32x4.add(here, here), beside), f32x4.abs(weight));
    squares = f32x4.add(squares, f32x4.mul(value, value));
    both = f32x4.add(both, f32x4.mul(value, weight));
  }
  const square = across(squares);
  return square < 1 ? 0 : across(both) / sqrt<f32>(square * load<f32>(head, 8));
}
