import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chance, code, decoy, type Held, picture } from '../test/picture.ts';
import { sampleLinear, sampleLinearQuick } from './linear.ts';

const KINDS: [bcid: string, text: string, symbology: string][] = [
  ['code128', 'R7ZHSBQGV0NP3EB48', 'Code128'],
  ['code128', 'abc123456DEF', 'Code128'],
  ['ean13', '2992444128441', 'EAN13'],
  ['interleaved2of5', '10408061796998', 'ITF'],
];

function read(bcid: string, text: string, held: Held) {
  const { luma, box } = picture(code(bcid, text), held);
  return sampleLinear(luma, box);
}

test('Code 128, EAN-13 and ITF are read at any angle, light on dark as well', () => {
  for (const [bcid, text, symbology] of KINDS) {
    for (const turn of [0, 29, 90, 237]) {
      const reads = read(bcid, text, { width: 400, turn, inverted: turn % 2 === 1 });
      assert.equal(
        reads.map((one) => [one.text, one.symbology]),
        [[text, symbology]],
        `${text} turned by ${turn}`,
      );
    }
  }
});

test('they are read seen at a slant, blurred, faint, in noise and small', () => {
  const hard: Held[] = [
    { width: 420, turn: 20, lean: 0.25 },
    { width: 560, turn: 7, blur: 1 },
    { width: 400, turn: 5, dark: 100, light: 112, noise: 2 },
    { width: 400, noise: 40 },
    { width: 330, turn: 8 },
  ];
  for (const [bcid, text] of KINDS) {
    for (const held of hard) {
      assert.is(read(bcid, text, held)[0]?.text, text, `${text} ${JSON.stringify(held)}`);
    }
  }
});

test('a first look reads what is clear, and nothing where nothing is', () => {
  for (const [bcid, text] of KINDS) {
    const { luma, box } = picture(code(bcid, text), { width: 400, turn: 200, noise: 10 });
    assert.is(sampleLinearQuick(luma, box)[0]?.text, text);
  }
  for (let seed = 1; seed <= 20; seed++) {
    const { luma, box } = decoy(seed);
    assert.equal(sampleLinearQuick(luma, box), []);
  }
});

test('neither noise nor stripes at random are read', () => {
  for (let seed = 1; seed <= 15; seed++) {
    const { luma, box } = decoy(seed);
    assert.equal(sampleLinear(luma, box), [], `decoy ${seed}`);
  }
  for (let seed = 1; seed <= 15; seed++) {
    const next = chance(seed);
    const runs = Array.from(
      { length: 30 + Math.floor(next() * 60) },
      () => 1 + Math.floor(4 * next()),
    );
    const stripes = runs.flatMap((run, i) => new Array<boolean>(run).fill(i % 2 === 0));
    const columns = stripes.length;
    const cells = {
      dark: (u: number) => stripes[Math.floor(u * columns)] ?? false,
      columns,
      aspect: 2.6,
    };
    const { luma, box } = picture(cells, { width: 3 * columns }, seed);
    assert.equal(sampleLinear(luma, box), [], `stripes ${seed}`);
  }
});

test.run();
