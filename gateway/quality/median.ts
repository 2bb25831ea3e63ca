/** The last so many numbers, and the middle one of them. */
export interface Median {
  add(value: number): void;
  clear(): void;
  readonly size: number;
  /** Undefined without a number. */
  readonly value: number | undefined;
}

export function createMedian(most: number): Median {
  const values: number[] = [];
  return {
    add(value) {
      values.push(value);
      if (values.length > most) values.shift();
    },
    clear() {
      values.length = 0;
    },
    get size() {
      return values.length;
    },
    get value() {
      return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
    },
  };
}
