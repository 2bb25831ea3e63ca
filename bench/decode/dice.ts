/** Chance that repeats: the same parts give the same throws on every machine. */
export interface Dice {
  /** 0 up to, not with, 1. */
  unit(): number;
  between(low: number, high: number): number;
  /** A whole number, both ends with it. */
  whole(low: number, high: number): number;
  chance(share: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** One of several, each as likely as its weight says. */
  weighted<T extends string>(weights: Readonly<Record<T, number>>): T;
}

/** Throws of their own for every distinct list of parts (sfc32 behind an FNV hash). */
export function dice(...parts: readonly (number | string)[]): Dice {
  const text = parts.join('/');
  let a = hash(`${text}a`);
  let b = hash(`${text}b`);
  let c = hash(`${text}c`);
  let counter = 1;

  function unit(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  }
  for (let i = 0; i < 15; i++) unit();

  const whole = (low: number, high: number) => low + Math.floor(unit() * (high - low + 1));
  return {
    unit,
    whole,
    between: (low, high) => low + unit() * (high - low),
    chance: (share) => unit() < share,
    pick: <T>(list: readonly T[]) => list[whole(0, list.length - 1)] as T,
    weighted: <T extends string>(weights: Readonly<Record<T, number>>) => {
      const names = Object.keys(weights) as T[];
      let left = unit() * names.reduce((sum, name) => sum + weights[name], 0);
      for (const name of names) {
        left -= weights[name];
        if (left < 0) return name;
      }
      return names.at(-1) as T;
    },
  };
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value;
}
