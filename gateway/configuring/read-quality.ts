import type { GatewayHealth } from '@gatehouse/protocol';
import type { Reading } from '../reading/index.ts';

/** Readings whose time is looked at. */
const TOOK_MAX = 50;
/** No ticket is shorter; what is was read out of a pattern that is no code. */
const SHORTEST_CODE = 4;

/** How well codes are read here. */
export interface ReadQuality {
  note(reading: Reading): void;
  view(): NonNullable<GatewayHealth['reading']>;
}

export function createReadQuality(): ReadQuality {
  const took: number[] = [];
  let reads = 0;
  let phantoms = 0;
  return {
    note(reading) {
      reads += 1;
      if (reading.code.length < SHORTEST_CODE) phantoms += 1;
      took.push(reading.took);
      if (took.length > TOOK_MAX) took.shift();
    },
    view() {
      const sorted = [...took].sort((one, other) => one - other);
      const median = sorted[Math.floor(sorted.length / 2)];
      return { reads, phantoms, took: median === undefined ? null : Math.round(median) };
    },
  };
}
