import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import bwipjs from 'bwip-js/node';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodePictures } from './decode-pictures.ts';
import { codeOf, secureTextOf, temporaryFolder } from './test/samples.ts';

test('pictures of a folder are read by name; a broken one is named with its code and hinders none', async () => {
  const folder = join(temporaryFolder(), 'pictures');
  mkdirSync(folder);
  const draw = (text: string) =>
    bwipjs.toBuffer({ bcid: 'qrcode', text, scale: 4, padding: 8, backgroundcolor: 'ffffff' });
  writeFileSync(join(folder, 'a-secure.png'), await draw(secureTextOf('5')));
  writeFileSync(join(folder, 'b-broken.png'), 'this is no picture');
  writeFileSync(join(folder, 'c-empty.png'), '');
  writeFileSync(join(folder, 'd-regular.png'), await draw(codeOf(1)));
  writeFileSync(join(folder, 'notes.txt'), 'not looked at');
  const lines: Parameters<Parameters<typeof decodePictures>[1]>[0][] = [];
  const missing = join(folder, 'none.png');
  const unread = await decodePictures([folder, missing], (line) => lines.push(line));
  assert.is(unread, 3);
  assert.equal(
    lines.map(({ codes, error }) => error ?? codes.map(({ text }) => text).join()),
    [
      secureTextOf('5'),
      'camera-picture-broken',
      'camera-picture-broken',
      codeOf(1),
      'camera-missing',
    ],
  );
  assert.ok((lines[0]?.ms ?? -1) >= 0);
});

test.run();
