import { EntranceConfiguration } from '@gatehouse/provisioning';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CAMERAS, configCodeOf, hallsToChoose, newConfigForm, PROFILES } from './config-form.ts';

const NOW = new Date(2026, 10, 22, 12, 0).getTime();
const DAY_MS = 86_400_000;

function northForm() {
  const form = newConfigForm('nl', NOW);
  const names = { name: 'North', venue: 'kade', entrance: 'north', halls: ['main', 'studio'] };
  return Object.assign(form, names);
}

function readAsConfiguration(made: ReturnType<typeof configCodeOf>) {
  const lanes = made.lanes.map((lane, i) => ({ ...lane, name: 'Left', lane: String(i) }));
  return EntranceConfiguration.parse({ ...made, lanes, version: 1 });
}

test('an entrance without a journal is said only where it was chosen', () => {
  const form = northForm();
  const made = configCodeOf(form, NOW);
  assert.is(made.expires, NOW + DAY_MS);
  assert.equal(made.halls, ['main', 'studio']);
  assert.not.ok('withoutJournal' in made);
  form.withoutJournal = 'open';
  assert.is(readAsConfiguration(configCodeOf(form, NOW)).withoutJournal, 'open');
});

test('Wi-Fi, hardware and a waived acceptance are said only where they were filled in', () => {
  const form = northForm();
  const plain = configCodeOf(form, NOW);
  for (const key of ['net', 'hardware', 'waiveMinutes']) assert.not.ok(key in plain, key);
  Object.assign(form, { ssid: 'Kade', key: 'quay', camera: 'rpicam', waived: true });
  const made = configCodeOf(form, NOW) as Record<string, unknown>;
  assert.equal(made.net, { ssid: 'Kade', key: 'quay' });
  assert.equal(made.hardware, { camera: 'rpicam' });
  assert.is(made.waiveMinutes, 30);
  form.profile = 'gpio';
  const { hardware } = readAsConfiguration(configCodeOf(form, NOW));
  assert.equal(hardware, { profile: 'gpio', camera: 'rpicam' });
});

test('every profile and camera that a form offers is one that a code takes', () => {
  for (const profile of PROFILES) {
    for (const camera of CAMERAS) {
      const made = configCodeOf(Object.assign(northForm(), { profile, camera }), NOW);
      assert.equal(readAsConfiguration(made).hardware, { profile, camera });
    }
  }
});

test('halls are ticked by name; one that is neither drawn nor played in is marked', () => {
  assert.equal(hallsToChoose(['Old hall'], ['Studio'], [{ hall: 'Main' }, { hall: 'Studio' }]), [
    { name: 'Main', isKnown: true },
    { name: 'Old hall', isKnown: false },
    { name: 'Studio', isKnown: true },
  ]);
});

test.run();
