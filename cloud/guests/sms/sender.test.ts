import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkSender } from './sender.ts';

const CASES: readonly [string, string | undefined][] = [
  ['Theater', undefined],
  ['Theater X', undefined],
  ['Theater1234', undefined],
  ['Theater12345', 'sender-length'],
  ['Th', 'sender-length'],
  ['', 'sender-empty'],
  ['Théâtre', 'sender-characters'],
  ['Theater!', 'sender-characters'],
  [' Theater', 'sender-characters'],
  ['INFO', 'sender-generic'],
  ['sms', 'sender-generic'],
  ['3197012345678', undefined],
  ['+3197012345678', undefined],
  ['1234567890123456', 'sender-length'],
  ['+31612345678', 'sender-mobile'],
  ['0031612345678', 'sender-mobile'],
  ['0612345678', 'sender-mobile'],
  ['4915123456789', undefined],
];

for (const [sender, fault] of CASES) {
  test(`“${sender}” ${fault ? `cannot be a sender: ${fault}` : 'can be a sender'}`, () => {
    assert.is(checkSender(sender).fault, fault);
  });
}

test('a text for a sender comes with the warning that Belgium replaces it', () => {
  assert.equal(checkSender('Theater').warnings, ['sender-replaced-be']);
  assert.equal(checkSender('3197012345678').warnings, []);
});

test.run();
