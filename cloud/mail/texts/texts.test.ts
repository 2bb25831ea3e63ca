import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LANGUAGES } from '../templates/data.ts';
import { openMailHouse } from '../test/mail-house.ts';
import { cleanRichText } from './rich-text.ts';
import { shippedTexts, TEXT_NAMES, textKinds } from './shipped-texts.ts';

const house = await openMailHouse();
const { texts } = house.mail;

/** All that a cleaned text can be made of. */
const CLEAN =
  /^(?:[^<>"']|<\/?(?:p|strong|b|em|i|u|ul|ol|li|h3|h4)>|<br>|<a>|<\/a>|<a href="(?:https?:\/\/|mailto:|tel:|\/|#)[^<>"'\s]*" rel="noopener noreferrer">)*$/i;

test('M3: four texts are shipped in both languages, and an empty one falls back to them', async () => {
  assert.equal(
    TEXT_NAMES.map((name) => textKinds[name].label.nl),
    [
      'Uitleg secure ticketverkoop',
      'Uitleg secure ticketverkoop',
      'Uitleg secure ticketverkoop (niet ingelogde gasten)',
      'Uitleg secure tickets',
    ],
  );
  for (const language of LANGUAGES) {
    for (const name of TEXT_NAMES) {
      const html = await texts.text(name, language);
      const bare = html.replaceAll(' rel="noopener noreferrer"', '');
      assert.is(bare, shippedTexts[language][name], 'the shipped text needs no cleaning');
      await texts.set(name, language, `<p>${name}</p>`);
      assert.is(await texts.text(name, language), `<p>${name}</p>`);
      for (const empty of ['', '  \n', '<p><br></p>', '<p>&nbsp;</p>', '<script>x</script>']) {
        const set = await texts.set(name, language, empty);
        assert.is(set.own, '');
        assert.is(await texts.text(name, language), html);
      }
    }
  }
});

test('M3: a text is per language', async () => {
  await texts.set('payment-secure', 'nl', 'eigen');
  assert.is(await texts.text('payment-secure', 'nl'), 'eigen');
  assert.is(await texts.text('payment-secure', 'en'), shippedTexts.en['payment-secure']);
  await texts.set('payment-secure', 'nl', '');
});

test('M3: links stay where they lead to the web, mail, a telephone or the own site', () => {
  for (const href of [
    'https://x.nl/a?b=1&amp;c=2',
    'mailto:a@b.nl',
    'tel:+31123',
    '/login',
    '#x',
  ]) {
    const clean = `<a href="${href}" rel="noopener noreferrer">x</a>`;
    assert.is(cleanRichText(`<a target=_top onclick="y()" href='${href}'>x</a>`), clean);
    assert.is(cleanRichText(clean), clean);
  }
  for (const href of [
    'javascript:alert(1)',
    ' JaVaScRiPt:alert(1)',
    'java\tscript:alert(1)',
    'javascript&colon;alert(1)',
    '&#106;avascript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    '//evil.example',
    '/\\evil.example',
    'file:///etc/passwd',
  ]) {
    assert.is(cleanRichText(`<a href="${href}">x</a>`), '<a>x</a>', href);
  }
});

test('M3: what is not on the list goes or becomes text', () => {
  assert.is(cleanRichText('<p onmouseover=x()>a<img src=x onerror=y()>b'), '<p>ab</p>');
  assert.is(cleanRichText('<scr<script>ipt>alert(1)</script>'), '&lt;scr');
  assert.is(cleanRichText('<style>p{}</style><b>1 < 2 & 3</b>'), '<b>1 &lt; 2 &amp; 3</b>');
  assert.is(cleanRichText('<svg><a href="x">y</a></svg>z'), 'z');
  assert.is(cleanRichText('<b><i>x</b></i>'), '<b><i>x</i></b>');
  assert.is(cleanRichText('<a href="/x"><a href="/y">z</a></a>').split('<a').length - 1, 1);
  assert.is(cleanRichText('x<!-- <b> -->y'), 'xy');
});

test('whatever is written, only known tags with safe links come out, and cleaning twice is once', () => {
  const piece = fc.constantFrom(
    ...['<', '>', '/', '"', "'", '=', '<a ', 'href=', 'javascript:', 'https://x', '<p>', '</p>'],
    ...['<script>', '</script>', '<b', '<ul>', '<li>', '&', ';', '&lt', '<!--', '-->', ' ', 'x'],
    ...['<svg', 'onload=', '<style>', '<br/>', '</a>', '\n', '\0', '`', '&#x3c;', '<img src=x>'],
  );
  const written = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(written, (html) => {
      const clean = cleanRichText(html);
      assert.match(clean, CLEAN);
      assert.is(cleanRichText(clean), clean);
    }),
    { numRuns: 3_000 },
  );
});

test.after(() => house.close());
test.run();
