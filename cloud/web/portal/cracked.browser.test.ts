import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSecure, SLOT_SECONDS } from '@gatehouse/protocol/codes';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { missingBrowser } from '../../../scripts/browser.ts';
import { secure } from '../../portal/test/portal-house.ts';
import { crack } from './test/cracks.ts';
import { type Evening, SHOTS, startEvening } from './test/evening.ts';

/** Pictures, and the share of them that every reader has to read. */
const PICTURES = 200;
const SHARE = 0.95;
/** Different codes, each behind as many different cracks. */
const CODES = 20;
const RATIO = 2;
const SLOT_MS = SLOT_SECONDS * 1000;
const NUMBER = '+31612345678';
const READERS = {
  zbarimg: ['--nodbus', '-q', '--xml'],
  ZXingReader: ['-1', '-format', 'QRCode'],
} as const;
const missing = await missingBrowser();
const cracked = suite('a broken, dimmed screen');
const test = missing ? cracked.skip : cracked;
if (missing) console.log(`SKIPPED broken screen: ${missing}`);

let evening: Evening;
let dir: string;
/** Pictures, and the screenshot that each was made of. */
const taken: { file: string; shot: string }[] = [];
/** What a lens sees of the page that is held before it. */
const CODE_AREA = { x: 0, y: 40, width: 320, height: 380 };

cracked.before(async () => {
  if (missing) return;
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-cracked-'));
  evening = await startEvening();
  const { house } = evening;
  const now = house.clock.now();
  const show = await house.perform(secure(now + 10 * 60_000, { ends: now + 3 * 3_600_000 }));
  await house.sell(show.id, NUMBER);
  await takePictures();
});
cracked.after(async () => {
  await evening?.stop();
  if (dir) await rm(dir, { recursive: true, force: true });
});

/** The page of a small phone, slot by slot. */
async function takePictures(): Promise<void> {
  const size = { viewport: { width: 320, height: 568 }, deviceScaleFactor: RATIO };
  const phone = await evening.phone(size);
  const page = phone.pages()[0]!;
  await page.goto(`${evening.line.url}/portal/`);
  await evening.logIn(page, NUMBER);
  await mkdir(SHOTS, { recursive: true });
  for (let n = 0; n < CODES; n++) {
    await evening.pass(SLOT_MS);
    await evening.drawn(page);
    const shot = join(dir, `whole-${n}.png`);
    await page.screenshot({ path: shot, clip: CODE_AREA });
    for (let m = 0; m < PICTURES / CODES; m++) {
      const number = n * (PICTURES / CODES) + m;
      const file = join(number === 1 ? SHOTS : dir, `portal-cracked-${number}.png`);
      taken.push({ file, shot });
    }
  }
  await Promise.all(taken.map(({ file, shot }, n) => crack(shot, file, n + 1, RATIO)));
}

/** What a reader makes of pictures: one text each, '' where it finds none. */
function read(program: keyof typeof READERS, files: readonly string[]): string[] {
  const { stdout } = spawnSync(program, [...READERS[program], ...files], { maxBuffer: 1e8 });
  const said = stdout.toString();
  return files.map((file, at) => {
    const from = said.indexOf(file);
    const next = said.indexOf(files[at + 1] ?? '\0', from);
    const part = from < 0 ? '' : said.slice(from + file.length, next < 0 ? undefined : next);
    return /\b\d{150,}\b/.exec(part)?.[0] ?? '';
  });
}

for (const program of Object.keys(READERS) as (keyof typeof READERS)[]) {
  const absent = spawnSync('which', [program]).status !== 0;
  if (absent) console.log(`SKIPPED ${program}: it is not installed`);
  (absent ? cracked.skip : test)(
    `${program} reads 95 of 100 codes behind cracks on a dimmed screen, none of them wrongly`,
    () => {
      const shots = [...new Set(taken.map(({ shot }) => shot))];
      const codes = new Map(read(program, shots).map((code, n) => [shots[n], code]));
      assert.ok([...codes.values()].every((code) => parseSecure(code)));
      assert.equal([taken.length, new Set(codes.values()).size], [PICTURES, CODES]);
      const texts = read(
        program,
        taken.map(({ file }) => file),
      );
      const codeOf = (n: number) => codes.get(taken[n]?.shot);
      const right = texts.filter((text, n) => text === codeOf(n)).length;
      const wrong = texts.filter((text, n) => text !== '' && text !== codeOf(n)).length;
      assert.is(wrong, 0);
      assert.ok(right >= SHARE * PICTURES, `${right} of ${PICTURES}`);
    },
  );
}

cracked.run();
