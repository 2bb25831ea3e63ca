import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { placeOf } from './network.ts';

const CASES: readonly [string, string, string][] = [
  ['192.0.2.77', '192.0.2.77', '192.0.2.0/24'],
  ['::ffff:192.0.2.77', '192.0.2.77', '192.0.2.0/24'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64', '2001:db8:1::/48'],
  ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64', '2001:db8:1::/48'],
  ['2001:db8::1', '2001:db8:0:0::/64', '2001:db8:0::/48'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64', 'fe80:0:0::/48'],
  ['::1', '0:0:0:0::/64', '0:0:0::/48'],
  ['nonsense', 'unknown', 'unknown'],
];
for (const [text, address, network] of CASES) {
  test(`${text} counts as ${address} in ${network}`, () => {
    assert.equal(placeOf(text), { address, network });
  });
}

test.run();
