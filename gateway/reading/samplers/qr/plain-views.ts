import type { Luma } from '../../luma.ts';

/** Means of squares of `by` pixels; what is left at the right and below is not counted. */
export function plainShrunk({ luma, width, height }: Luma, by: number): Luma {
  const [wide, high] = [Math.floor(width / by), Math.floor(height / by)];
  const small = new Uint8Array(wide * high);
  for (let i = 0; i < small.length; i++) {
    const from = Math.floor(i / wide) * by * width + (i % wide) * by;
    let sum = 0;
    for (let k = 0; k < by * by; k++) sum += luma[from + Math.floor(k / by) * width + (k % by)]!;
    small[i] = Math.floor(sum / (by * by));
  }
  return { luma: small, width: wide, height: high };
}

/** Columns as lines. */
export function plainTurned({ luma, width, height }: Luma): Luma {
  const at = (i: number) => luma[(i % height) * width + Math.floor(i / height)]!;
  const turned = Uint8Array.from({ length: width * height }, (_, i) => at(i));
  return { luma: turned, width: height, height: width };
}
