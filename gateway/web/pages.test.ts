import { JournalBody } from '@gatehouse/protocol';
import {
  HINTS,
  hintTexts,
  LANGUAGES,
  outcomeOf,
  VERDICT_KEYS,
  type VerdictDetails,
  verdict,
} from '@gatehouse/protocol/verdicts';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gatewayErrors } from '../errors.ts';
import { CHECKS, type DisplayView, signedChallengeText, signedPairingText } from '../local/api.ts';
import { panelOf } from './display/panel.ts';
import { age } from './handheld/ages.ts';
import { createBelief } from './handheld/belief.ts';
import { challengeText, pairingText, tokenIn } from './handheld/keys.ts';
import { AWAY_MS, createPresentation } from './handheld/presentation.ts';
import { createScreen, FRESH_MS } from './handheld/showing.ts';
import { uuid7 } from './handheld/uuid7.ts';
import type { HandAnswer } from './shared/api.ts';
import { fill, gapsOf, languageOf } from './shared/languages.ts';
import { lookOf } from './shared/look.ts';
import { placeOf } from './shared/place.ts';
import { createReach, LOST_MS } from './shared/reach.ts';
import { bigWord, stewardWords } from './shared/words.ts';
import { doctorWords, faultText, TEXTS, type Texts } from './texts/index.ts';

const ZONE = 'Europe/Amsterdam';
const FULL = {
  ...{ at: Date.UTC(2026, 10, 21, 18, 30), lane: 'North 1', seconds: 4, left: 2, hall: 'Studio' },
  ...{ entrance: 'South', title: 'The Seagull', people: 6, by: 'Ravi', reason: 'Circle is closed' },
} satisfies VerdictDetails;
/** Characters of what a steward reads at arm's length. */
const TODO_MAX = 75;
const WORD_MAX = 13;

type Tree = { readonly [key: string]: string | Tree };
function leaves(tree: Tree, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[`${path}${key}`, value] as [string, string]]
      : leaves(value, `${path}${key}.`),
  );
}
const leavesOf = (texts: Texts) => leaves(texts as unknown as Tree);

test('all four languages have the same texts with the same gaps, and none is empty', () => {
  const english = new Map(leavesOf(TEXTS.en));
  for (const language of LANGUAGES) {
    const said = leavesOf(TEXTS[language]);
    assert.equal(said.map(([path]) => path).sort(), [...english.keys()].sort(), language);
    for (const [path, text] of said) {
      const own = english.get(path) ?? '';
      assert.equal(gapsOf(text).sort(), gapsOf(own).sort(), `${language} ${path}`);
      assert.is(text === '', own === '', `${language} ${path}`);
    }
  }
});

test('every verdict has a look, a word and something to do, in every language', () => {
  for (const key of VERDICT_KEYS) {
    const { tone, shape, vibration } = lookOf(key);
    const isAdmit = outcomeOf(key) === 'admit';
    assert.is(tone === 'green', isAdmit, `${key}: only what admits is green`);
    assert.is(shape === 'circle', isAdmit, `${key}: and only that is round`);
    assert.ok(vibration.length > 0);
    for (const language of LANGUAGES) {
      const word = bigWord(verdict(key), language);
      assert.ok(word.length > 0 && word.length <= WORD_MAX, `${language} ${word}`);
      for (const said of [verdict(key), verdict(key, FULL)]) {
        const { what, todo } = stewardWords(said, language, ZONE);
        assert.ok(what && todo, key);
        assert.ok(todo.length <= TODO_MAX, `${language} ${key}: ${todo}`);
        assert.not.match(`${what} ${todo}`, /[{}[\]]/);
      }
    }
  }
});

test('just admitted is never green: it has a colour, a shape and a word of its own', () => {
  const { tone, shape, word } = lookOf('just-admitted');
  assert.equal({ tone, shape, word }, { tone: 'blue', shape: 'square', word: 'justNow' });
});

test('every fault that door staff or a technician can do something about has words', () => {
  const local = ['not-armed', 'lane-not-closed', 'picture-missing', 'pin-not-set'];
  const wanted = Object.entries(gatewayErrors)
    .filter(([code, { acts }]) => (acts as string) === 'staff' || local.includes(code))
    .map(([code]) => code);
  assert.ok(wanted.length > 15);
  assert.equal(
    wanted.filter((code) => !(code in TEXTS.en.faults)),
    [],
  );
  for (const language of LANGUAGES) {
    assert.match(faultText(language, 'never-heard-of'), 'never-heard-of');
    for (const check of CHECKS) {
      for (const state of ['ok', 'warning', 'failed', 'absent'] as const) {
        const { what, todo } = doctorWords(language, { check, state, code: 'x' });
        assert.ok(what);
        assert.is(todo === '', state === 'ok');
      }
    }
  }
});

test('every row of a journal has words of its own in every language', () => {
  const names = JournalBody.options.flatMap(({ shape }): readonly string[] => {
    if ('event' in shape) return shape.event.options;
    return 'result' in shape ? shape.result.options : [];
  });
  assert.ok(names.includes('tailgate') && names.includes('unsettled'));
  for (const language of LANGUAGES) {
    const { rows } = TEXTS[language].technician;
    assert.equal(Object.keys(rows).sort(), [...names].sort(), language);
  }
});

const lane = (more: Partial<DisplayView> = {}): DisplayView => ({
  ...{ lane: 'lane-1', name: 'North 1', direction: 'entry', state: 'idle', signal: 'idle' },
  ...{ reads: 0, ...more },
});
const go = lane({ state: 'granted', signal: 'go', verdict: { key: 'ok', details: {} } });

test('a display that has lost its gateway never shows go, whatever it heard last', () => {
  assert.is(panelOf(go, false, 'en', ZONE).tone, 'green');
  for (const language of LANGUAGES) {
    const { key, tone, shape } = panelOf(go, true, language, ZONE);
    assert.equal({ key, tone, shape }, { key: 'lost', tone: 'dark', shape: 'octagon' });
  }
  assert.is(panelOf(undefined, false, 'en', ZONE).key, 'lost');
});

test('a display shows emergency and closed before any answer, and an exit its own words', () => {
  assert.is(panelOf({ ...go, state: 'emergency' }, false, 'en', ZONE).key, 'emergency');
  assert.is(panelOf({ ...go, state: 'closed' }, false, 'en', ZONE).key, 'closed');
  assert.is(panelOf({ ...go, state: 'deciding' }, false, 'en', ZONE).key, 'read');
  assert.is(panelOf(lane(), false, 'en', ZONE).word, 'Hold out your ticket');
  assert.is(panelOf(lane({ direction: 'exit' }), false, 'nl', ZONE).word, 'Uitgang');
  for (const key of VERDICT_KEYS) {
    const panel = panelOf(lane({ verdict: verdict(key) }), false, 'de', ZONE);
    assert.is(panel.key, key);
    assert.ok(panel.word && panel.todo);
  }
});

test('a free lane says its hint in the guest’s language; no hint is ever shown beside anything else', () => {
  for (const hint of HINTS) {
    for (const language of LANGUAGES) {
      const { key, word, todo, tone } = panelOf(lane({ hint }), false, language, ZONE);
      assert.equal([key, word, todo, tone], [`hint-${hint}`, ...hintTexts[language][hint], 'calm']);
    }
    assert.is(panelOf({ ...go, hint }, false, 'en', ZONE).key, go.verdict?.key);
    assert.is(panelOf({ ...go, hint, state: 'closed' }, false, 'en', ZONE).key, 'closed');
  }
});

const answer = (scanId: string) =>
  ({ scanId, verdict: verdict('ok'), next: [], passed: true }) as unknown as HandAnswer;

test('an answer to an older question is never shown, and none outlives its guest', () => {
  const screen = createScreen();
  screen.ask('one');
  screen.ask('two');
  assert.is(screen.answer('one', answer('one'), 0), false);
  assert.is(screen.showing.kind, 'asking');
  assert.is(screen.fail('one', 'out-of-reach'), false);
  assert.is(screen.answer('two', answer('two'), 0), true);
  screen.again(FRESH_MS - 1);
  screen.tick(FRESH_MS + 1);
  assert.is(screen.showing.kind, 'answer', 'the ticket is still being held out');
  screen.tick(2 * FRESH_MS);
  assert.is(screen.showing.kind, 'ready');
  screen.ask('three');
  screen.clear();
  assert.is(screen.answer('three', answer('three'), 0), false, 'nobody waits for it any more');
  assert.equal(screen.showing, { kind: 'ready' });
});

test('a ticket held out is asked about once; out of sight for a while it is new', () => {
  const seen = createPresentation();
  assert.is(seen.see('A', 0, false), 'new');
  assert.is(seen.see('A', 100, false), 'same');
  assert.is(seen.see('B', 150, false), 'kept');
  assert.is(seen.see('C', 160, false), 'kept');
  assert.is(seen.done(), 'C', 'the newest only');
  assert.is(seen.see('C', 170, false), 'new');
  assert.is(seen.done(), undefined);
  assert.is(seen.see('C', 200, true), 'new', 'a trigger was pulled on purpose');
  seen.done();
  assert.is(seen.see('C', 300, false), 'same');
  assert.is(seen.see('C', 300 + AWAY_MS, false), 'new');
  seen.done();
  seen.forget();
  assert.is(seen.see('C', 310 + AWAY_MS, false), 'new', 'no answer came: it may be tried at once');
});

test('a gateway that has not been heard for a moment is lost, and a broken line at once', () => {
  const reach = createReach();
  assert.is(reach.isLost(0), true);
  reach.alive(1_000);
  assert.is(reach.isLost(1_000 + LOST_MS), false);
  assert.is(reach.isLost(1_001 + LOST_MS), true);
  reach.alive(10_000);
  reach.lost();
  assert.is(reach.isLost(10_001), true);
});

test('barcodes that noise can imitate are believed when two readings agree', () => {
  const believed = createBelief();
  assert.is(believed('A', 'QRCode', 0), true);
  assert.is(believed('123', 'EAN13', 0), false);
  assert.is(believed('124', 'EAN13', 50), false);
  assert.is(believed('124', 'EAN13', 100), true);
  assert.is(believed('124', 'EAN13', 5_000), false);
});

test('what the browser signs is what the gateway checks; a token is read from its address', () => {
  assert.is(pairingText('t', 'k'), signedPairingText('t', 'k'));
  assert.is(challengeText('h', 'c'), signedChallengeText('h', 'c'));
  assert.is(tokenIn('https://gate.local/pair#abcdefghijklmnopqrstu_'), 'abcdefghijklmnopqrstu_');
  assert.is(tokenIn('https://gate.local/pair#short'), undefined);
  const id = uuid7(Date.UTC(2026, 10, 21), new Uint8Array(16).fill(255));
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.is(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16), Date.UTC(2026, 10, 21));
});

test('small words: ages, places, gaps, languages', () => {
  const say = TEXTS.en.handheld;
  assert.equal(
    [0, 4_000, 200_000, 9_000_000].map((ms) => age(ms, say)),
    ['0 s', '4 s', '3 min', '3 h'],
  );
  assert.is(
    placeOf({ rank: 'Stalls', row: 'F', seat: '4' }, TEXTS.nl.common),
    'Stalls · Rij\u00a0F · Stoel\u00a04',
  );
  assert.is(placeOf(undefined, TEXTS.nl.common), '');
  assert.is(fill('a[ and {b}]', {}), 'a');
  assert.is(fill('a[ and {b}]', { b: 2 }), 'a and 2');
  assert.is(languageOf(['sv', 'fr-BE']), 'fr');
  assert.is(languageOf(['sv']), 'nl');
});

test.run();
