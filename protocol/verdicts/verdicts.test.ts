import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  HINTS,
  hintTexts,
  LANGUAGES,
  outcomeOf,
  VERDICT_KEYS,
  VERDICTS,
  type VerdictDetails,
  type VerdictKey,
  verdict,
  wordsOf,
} from './index.ts';
import { verdictTexts } from './texts.ts';

const TEXT_MAX = 60;
const ZONE = 'Europe/Amsterdam';
const full = {
  at: Date.UTC(2026, 10, 21, 18, 30),
  lane: 'lane-1',
  seconds: 90,
  left: 3,
  hall: 'Main hall',
  entrance: 'North',
  title: 'The Seagull',
  people: 12,
  by: 'Ada',
  reason: 'Balcony is closed',
} satisfies VerdictDetails;
const each = (see: (key: VerdictKey, language: (typeof LANGUAGES)[number]) => void) => {
  for (const language of LANGUAGES) for (const key of VERDICT_KEYS) see(key, language);
};

test('all four languages have exactly the keys of the table', () => {
  for (const language of LANGUAGES) {
    assert.equal(Object.keys(verdictTexts[language]).sort(), [...VERDICT_KEYS].sort());
  }
});

test('no text is longer than a lane’s screen shows, with ordinary details too', () => {
  each((key, language) => {
    for (const text of verdictTexts[language][key]) assert.ok(text.length <= TEXT_MAX, text);
    const { what, todo } = wordsOf(verdict(key, full), language, ZONE);
    assert.ok(what.length <= TEXT_MAX && todo.length <= TEXT_MAX, `${what} / ${todo}`);
  });
});

test('no unfilled place is ever shown, whichever details are there', () => {
  const some = fc.subarray(Object.keys(full) as (keyof typeof full)[]);
  fc.assert(
    fc.property(some, (names) => {
      const details = Object.fromEntries(names.map((name) => [name, full[name]]));
      each((key, language) => {
        const { what, todo } = wordsOf(verdict(key, details), language, ZONE);
        assert.not.match(what + todo, /[{}[\]]|undefined|NaN/);
        assert.equal([what, todo], [what.trim(), todo.trim()]);
      });
    }),
  );
});

test('every verdict says what happened and what to do, without any detail too', () => {
  each((key, language) => {
    const { what, todo } = wordsOf(verdict(key), language, ZONE);
    assert.ok(what.length > 0, `${language} ${key}`);
    assert.ok(todo.length > 0, `${language} ${key}`);
  });
});

test('a guest at the wrong hall is told where to go, or to ask', () => {
  const told = (details: VerdictDetails) => wordsOf(verdict('wrong-hall', details), 'en', ZONE);
  assert.is(told({ hall: 'Studio' }).todo, 'Go to Studio');
  assert.is(told({}).todo, 'Please ask our staff');
});

test('every place in a text is a detail that exists, and optional', () => {
  each((key, language) => {
    for (const text of verdictTexts[language][key]) {
      for (const [, name] of text.matchAll(/\{(\w+)\}/g)) assert.ok(name! in full, text);
      assert.not.match(text.replace(/\[[^\]]*\]/g, ''), /[{}[\]]/, text);
    }
  });
});

test('a moment is told as the time on the wall of the venue', () => {
  const late = verdict('too-late', { at: full.at });
  const early = verdict('too-early', { at: full.at });
  for (const language of LANGUAGES) {
    assert.match(wordsOf(early, language, ZONE).todo, '19:30');
    assert.match(wordsOf(early, language, 'UTC').todo, '18:30');
    assert.not.match(wordsOf(late, language, ZONE).todo, /\d/);
  }
});

test('a detail is shown as it is, even if it looks like a place', () => {
  const said = wordsOf(verdict('policy', { reason: '{lane} [x] $&' }), 'en', ZONE);
  assert.is(said.todo, '{lane} [x] $&');
});

test('colour is never the only difference: outcomes differ in symbol and sound too', () => {
  const of = (key: VerdictKey) => VERDICTS[key];
  for (const one of VERDICT_KEYS) {
    assert.ok(of(one).symbol && of(one).sound && of(one).colour);
    for (const other of VERDICT_KEYS) {
      if (outcomeOf(one) !== outcomeOf(other)) {
        assert.is.not(of(one).sound, of(other).sound);
        assert.is.not(verdictTexts.en[one].join(), verdictTexts.en[other].join());
      }
    }
  }
});

test('green means go and only go; just-admitted has a look of its own', () => {
  for (const key of VERDICT_KEYS) {
    const { outcome, colour, sound } = VERDICTS[key];
    assert.is(colour === 'green', outcome === 'admit', key);
    assert.is(sound === 'go', outcome === 'admit', key);
    assert.is(colour === 'blue', key === 'just-admitted', key);
  }
});

test('each hint says in each language what it is and what to do, as shortly as a verdict', () => {
  for (const language of LANGUAGES) {
    const said = HINTS.map((hint) => hintTexts[language][hint]);
    assert.is(new Set(said.map(String)).size, HINTS.length, language);
    for (const text of said.flat()) assert.ok(text.length > 0 && text.length <= TEXT_MAX, text);
  }
});

test.run();
