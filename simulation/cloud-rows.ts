import type { CloudNode } from './cloud-node.ts';

/** One row of the cloud's database, by direct sight. */
export function row<T>(cloud: CloudNode, sql: string, ...given: (string | number)[]): T {
  return cloud
    .store()
    .prepareRead(sql)
    .get(...given) as T;
}

/** All of them. */
export function rows<T>(cloud: CloudNode, sql: string, ...given: (string | number)[]): T[] {
  return cloud
    .store()
    .prepareRead(sql)
    .all(...given) as T[];
}
