import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bookingOf, countOf, newBookingForm } from './booking-form.ts';

test('a booking says types that were asked for, and either a rank or seats', () => {
  const form = newBookingForm('p', 'nl');
  Object.assign(form, {
    counts: { adult: 2, child: 0, free: null },
    rank: 'a',
    seats: ['s1', 's2'],
  });
  assert.is(countOf(form), 2);
  const tickets = [{ type: 'adult', count: 2 }];
  assert.equal(bookingOf(form, undefined).places, { performance: 'p', tickets, rank: 'a' });
  form.ownSeats = true;
  const { places, account } = bookingOf(form, { id: 'guest' });
  assert.equal(places, { performance: 'p', tickets, seats: ['s1', 's2'] });
  assert.is(account, 'guest');
});

test('two bookings have keys of their own, so that neither is taken for the other', () => {
  assert.is.not(newBookingForm('p', 'nl').key, newBookingForm('p', 'nl').key);
});

test.run();
