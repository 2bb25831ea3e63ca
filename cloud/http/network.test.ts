import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { networkOf } from './network.ts';

const table: readonly (readonly [string, string])[] = [
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::ffff:c000:207', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['', 'unknown'],
  ['not an address', 'unknown'],
];

for (const [address, network] of table) {
  test(`P11 the address ${address || 'nothing'} is counted as ${network}`, () => {
    assert.is(networkOf(address), network);
  });
}

test('all addresses of a household’s /64 are one, however they are written', () => {
  const group = fc.integer({ min: 0, max: 0xffff });
  const groups = fc.array(group, { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(groups, groups, (one, other) => {
      const write = (parts: number[]) => parts.map((part) => part.toString(16)).join(':');
      const same = [...one.slice(0, 4), ...other.slice(4)];
      if (one.slice(0, 5).every((part) => part === 0)) return;
      assert.is(networkOf(write(one)), networkOf(write(same).toUpperCase()));
    }),
    { seed: 12 },
  );
});

test('nothing that is typed into a header makes it fail', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      assert.type(networkOf(text), 'string');
    }),
    { seed: 12 },
  );
});

test.run();
