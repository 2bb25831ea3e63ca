import { readFile } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { codeText } from '../guests/phone-code-text.ts';

/** Where Dutch words for guests stand. */
const FOR_GUESTS = [
  'portal/texts/nl.ts',
  'shop/texts/nl.ts',
  'shop/texts/faults-nl.ts',
  '../mail/templates/shipped-nl.ts',
  '../mail/templates/shipped-order.ts',
  '../mail/texts/shipped-texts.ts',
];
const FORMAL = /(?<![<\p{L}/])(u|uw|uzelf)(?![\p{L}>])/iu;

test('in Dutch a guest is “je” on every page, in every mail and in the SMS', async () => {
  for (const file of FOR_GUESTS) {
    const text = await readFile(new URL(file, import.meta.url), 'utf8');
    assert.match(text, /\b[Jj]e\b/, file);
    assert.not.match(text, FORMAL, file);
  }
  const parts = { venue: 'De Kade', code: '048291', host: 'portal.example.org' };
  assert.match(codeText({ ...parts, language: 'nl' }), /^Je code voor De Kade is 048291\./);
});

test.run();
