import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import sharp from 'sharp';
import { cpuOf } from './cpu.ts';
import type { Point } from './plane.ts';
import type { Reader, Said } from './reader.ts';
import { HEIGHT, WIDTH } from './scene.ts';
import { spread } from './score.ts';

/** A picture of a public set, and what is known of it. */
interface Photo {
  readonly file: string;
  /** zxing's name of what the set is about; `none` where there is nothing to read. */
  readonly kind: string;
  readonly set: string;
  readonly text?: string;
  /** Four corners each, where codes are marked but their texts unknown. */
  readonly marked?: readonly (readonly Point[])[];
}

/** What the folders of zxing's samples begin with, of the formats on tickets. */
const KINDS: Readonly<Record<string, string>> = {
  qrcode: 'QRCode',
  aztec: 'Aztec',
  pdf417: 'PDF417',
  code128: 'Code128',
  datamatrix: 'DataMatrix',
  itf: 'ITF',
  ean13: 'EAN13',
  falsepositives: 'none',
};

export interface PhotoMeasured {
  readonly name: string;
  /** By set and kind: how many there are, were read, and read wrongly. */
  readonly groups: Readonly<Record<string, { photos: number; read: number; wrong: number }>>;
  /** Milliseconds of CPU a photo. */
  readonly ms: number;
}

/**
 * Every reader on the pictures of a folder with public sets; nothing of them is kept.
 * @param most of each kind of a set: so many, spread over all there are
 */
export async function measurePhotos(
  readers: readonly Reader[],
  folder: string,
  most: number,
): Promise<PhotoMeasured[]> {
  const photos = Object.values(
    Object.groupBy(photosIn(folder), ({ set, kind }) => `${set} ${kind}`),
  ).flatMap((group = []) => spreadOver(group, most));
  if (photos.length === 0) throw new RangeError('no known pictures in this folder');
  const groups = readers.map(
    (): Record<string, { photos: number; read: number; wrong: number }> => ({}),
  );
  const times = readers.map((): number[] => []);
  for (const photo of photos) {
    const picture = await load(photo);
    for (const [n, reader] of readers.entries()) {
      const input = reader.prepare(picture);
      const { ms, result: said } = await cpuOf(() => reader.read(input));
      times[n]?.push(ms);
      const own = groups[n] ?? {};
      own[`${photo.set} ${photo.kind}`] ??= { photos: 0, read: 0, wrong: 0 };
      const group = own[`${photo.set} ${photo.kind}`] as {
        photos: number;
        read: number;
        wrong: number;
      };
      const right = said.filter((one) => isRight(one, photo, picture.scale));
      group.photos++;
      if (right.length > 0) group.read++;
      group.wrong += said.length - right.length;
    }
  }
  return readers.map(({ name }, n) => ({
    name,
    groups: groups[n] ?? {},
    ms: spread(times[n] ?? []).mean,
  }));
}

function spreadOver<T>(all: readonly T[], most: number): T[] {
  const step = Math.max(1, all.length / most);
  const count = Math.min(all.length, most);
  return Array.from({ length: count }, (_, i) => all[Math.floor(i * step)] as T);
}

function photosIn(folder: string): Photo[] {
  return globSync('**/*.{png,jpg,jpeg}', { cwd: folder })
    .sort()
    .flatMap((file) => {
      const photo = photoOf(join(folder, file));
      return photo ? [photo] : [];
    });
}

/** rxing's renaming of a class of ZXing's went through some of the texts too. */
function photoOf(file: string): Photo | undefined {
  const known = join(dirname(file), 'output.json');
  if (basename(file) === 'input.png' && existsSync(known)) {
    const { data } = (JSON.parse(readFileSync(known, 'utf8')) ?? {}) as { data?: string };
    return data ? { file, kind: 'QRCode', set: 'jsQR', text: tidy(data) } : undefined;
  }
  const name = /^([a-z\d]+?)(-\d+)?$/.exec(basename(dirname(file)))?.[1];
  const beside = file.replace(/\.\w+$/, '.txt');
  const words = existsSync(beside) ? readFileSync(beside, 'utf8') : undefined;
  if (words?.startsWith('# list of hand selected')) {
    return { file, kind: basename(dirname(file)), set: 'BoofCV', marked: quadsOf(words) };
  }
  const kind = KINDS[name ?? ''];
  if (kind === 'none') return { file, kind, set: 'zxing' };
  if (!kind || words === undefined) return undefined;
  return { file, kind, set: 'zxing', text: tidy(words.replaceAll('RXingResult', 'Result')) };
}

/** The corners of each code, four after each other; in a line a code or a corner. */
function quadsOf(words: string): Point[][] {
  const numbers = words
    .split('\n')
    .filter((line) => /^[\d.\s-]+$/.test(line))
    .flatMap((line) => line.trim().split(/\s+/).filter(Boolean).map(Number));
  const corner = (at: number) => ({ x: numbers[at] as number, y: numbers[at + 1] as number });
  return Array.from({ length: Math.floor(numbers.length / 8) }, (_, i) =>
    [0, 2, 4, 6].map((at) => corner(8 * i + at)),
  );
}

async function load({ file, marked }: Photo) {
  const picture = sharp(file).flatten({ background: 'white' }).toColourspace('b-w');
  const { width: own = 1 } = await sharp(file).metadata();
  const sized = marked
    ? picture.resize(WIDTH, HEIGHT, { fit: 'inside', withoutEnlargement: true })
    : picture;
  const { data, info } = await sized.raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const luma = new Uint8Array(width * height);
  for (let i = 0; i < luma.length; i++) luma[i] = data[i * channels] as number;
  return { luma, width, height, scale: own / width };
}

function isRight({ text, at }: Said, photo: Photo, scale: number): boolean {
  if (photo.text !== undefined) return tidy(text) === photo.text || `0${text}` === photo.text;
  if (!photo.marked || !at) return false;
  return photo.marked.some((quad) => isIn({ x: at.x * scale, y: at.y * scale }, quad));
}

const GROUP_SEPARATOR = String.fromCharCode(0x1d);

/** As texts beside pictures are compared: no line ends of one system, no separators of groups. */
function tidy(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll(GROUP_SEPARATOR, '').trim();
}

function isIn(point: Point, quad: readonly Point[]): boolean {
  let inside = false;
  for (let i = 0, j = quad.length - 1; i < quad.length; j = i++) {
    const [a, b] = [quad[i] as Point, quad[j] as Point];
    if (a.y > point.y !== b.y > point.y) {
      if (point.x < ((b.x - a.x) * (point.y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
    }
  }
  return inside;
}
