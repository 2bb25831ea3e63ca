import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { effectOf as cloudSays } from '../../ticketing/delivery/deliver.ts';
import { bookingKind, type Effect, effectOf, WAYS, wasOnPaper } from './delivery-effect.ts';

const MEANS: Record<Exclude<Effect, 'notSecure'>, { kind: string; newCode: boolean }> = {
  staysSecure: { kind: 'secure', newCode: false },
  becomesRegular: { kind: 'regular', newCode: true },
  staysRegular: { kind: 'regular', newCode: false },
  newRegular: { kind: 'regular', newCode: true },
};

test('B2: what staff are told before a delivery is what the cloud then does, in every case', () => {
  for (const kind of ['regular', 'secure'] as const) {
    for (const delivered of [null, 'e-ticket', 'hard-copy', 'door']) {
      for (const way of WAYS) {
        for (const replaceCode of [false, true]) {
          const onPaper = wasOnPaper(delivered === null ? [] : [{ how: delivered }]);
          const told = effectOf({ kind, onPaper }, way, replaceCode);
          const ask = () => cloudSays({ kind, delivered, issue: 1 }, { way, replaceCode });
          const words = `${kind} ${delivered} ${way} ${replaceCode}`;
          if (told === 'notSecure') assert.throws(ask, /regular already/);
          else assert.equal(ask(), MEANS[told], words);
        }
      }
    }
  }
});

test('only the last delivery says whether a ticket is on paper', () => {
  assert.is(wasOnPaper([{ how: 'hard-copy' }, { how: 'mail' }]), false);
  assert.is(wasOnPaper([{ how: 'mail' }, { how: 'hard-copy' }]), true);
});

test('B1, S2: secure only for a verified guest, and what becomes regular needs a reason', () => {
  assert.equal(bookingKind(true, true, false), { kind: 'secure', needsReason: false });
  assert.equal(bookingKind(true, false, false), { kind: 'regular', needsReason: true });
  assert.equal(bookingKind(true, true, true), { kind: 'regular', needsReason: true });
  assert.equal(bookingKind(false, true, false), { kind: 'regular', needsReason: false });
});

test.run();
