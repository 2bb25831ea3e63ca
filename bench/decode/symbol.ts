import { regularCode, SECURE_LENGTH, SECURE_PREFIX } from '@gatehouse/protocol';
import bwipjs from 'bwip-js/node';
import type { Dice } from './dice.ts';

/** What a scene may show: zxing's names, and the secure code in the two sizes it fits in. */
export type SymbolKind =
  | 'QRCode'
  | 'Aztec'
  | 'PDF417'
  | 'DataMatrix'
  | 'Code128'
  | 'ITF'
  | 'EAN13'
  | 'Secure4L'
  | 'Secure5M';

/** Dark and light cells, row by row; 1 is dark. Cells need not be square. */
export interface Pattern {
  readonly cells: Uint8Array;
  readonly columns: number;
  readonly rows: number;
  /** Width of the whole pattern by its height. */
  readonly aspect: number;
  /** Light cells that have to stand around it. */
  readonly quiet: number;
}

export interface Code {
  readonly text: string;
  /** zxing's name. */
  readonly symbology: string;
  readonly pattern: Pattern;
}

/** How often which symbology comes: as the field's own table has it. */
export const MIX: Readonly<Record<Exclude<SymbolKind, 'Secure4L' | 'Secure5M'>, number>> = {
  QRCode: 126,
  PDF417: 35,
  Aztec: 27,
  Code128: 21,
  DataMatrix: 11,
  EAN13: 11,
  ITF: 8,
};

/** Symbologies whose codes are wider than high, and how much. */
export const WIDER: Readonly<Partial<Record<SymbolKind, number>>> = {
  PDF417: 1.9,
  Code128: 1.4,
  ITF: 1.4,
  EAN13: 1.4,
};

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** A ticket's code of a symbology, its text of the shape such tickets have. */
export function symbol(kind: SymbolKind, dice: Dice): Code {
  const text = textOf(kind, dice);
  switch (kind) {
    case 'QRCode':
      return matrix(
        'qrcode',
        text,
        kind,
        4,
        `eclevel=${dice.pick(['L', 'M', 'M', 'M', 'Q', 'H'])}`,
      );
    case 'Secure4L':
      return matrix('qrcode', text, 'QRCode', 4, 'version=4 eclevel=L');
    case 'Secure5M':
      return matrix('qrcode', text, 'QRCode', 4, 'version=5 eclevel=M');
    case 'Aztec':
      return matrix('azteccode', text, kind, 2, '');
    case 'DataMatrix':
      return matrix('datamatrix', text, kind, 2, '');
    case 'PDF417':
      return stacked(text, dice.whole(4, 6), dice.whole(3, 5));
    case 'Code128':
      return linear('code128', text, kind);
    case 'ITF':
      return linear('interleaved2of5', text, kind);
    case 'EAN13':
      return linear('ean13', text, kind);
  }
}

function textOf(kind: SymbolKind, dice: Dice): string {
  switch (kind) {
    case 'Secure4L':
    case 'Secure5M':
      return SECURE_PREFIX + digits(dice, SECURE_LENGTH - SECURE_PREFIX.length);
    case 'ITF':
      return withCheck(digits(dice, 13));
    case 'EAN13':
      return withCheck(`29${digits(dice, 10)}`);
    case 'Code128':
      return dice.chance(0.4) ? regular(dice) : `70${digits(dice, 10)}`;
    case 'PDF417':
      return dice.chance(0.3) ? regular(dice) : `T1${letters(dice, 46)}`;
    case 'Aztec':
      return dice.chance(0.6) ? regular(dice) : `UT01${letters(dice, dice.whole(16, 40))}`;
    case 'DataMatrix':
      return dice.chance(0.6) ? regular(dice) : digits(dice, dice.whole(10, 18));
    default:
      return dice.chance(0.3) ? regular(dice) : imported(dice);
  }
}

function regular(dice: Dice): string {
  return regularCode(Uint8Array.from({ length: 10 }, () => dice.whole(0, 255)));
}

/** What other ticket sellers put into a code: digits, a secret, or a link. */
function imported(dice: Dice): string {
  const sort = dice.weighted({ digits: 2, secret: 4, link: 4 });
  if (sort === 'digits') return digits(dice, dice.whole(10, 18));
  if (sort === 'secret') return letters(dice, 32);
  return `https://tickets.example/t/${letters(dice, dice.whole(16, 60))}`;
}

function digits(dice: Dice, count: number): string {
  return Array.from({ length: count }, () => dice.whole(0, 9)).join('');
}

function letters(dice: Dice, count: number): string {
  return Array.from({ length: count }, () => dice.pick([...ALPHABET])).join('');
}

/** With GTIN's check digit: weights 3 and 1 from the right. */
function withCheck(body: string): string {
  let sum = 0;
  for (let i = 0; i < body.length; i++) {
    sum += Number(body[i]) * ((body.length - i) % 2 === 1 ? 3 : 1);
  }
  return body + String((10 - (sum % 10)) % 10);
}

interface Drawn {
  readonly pixs: number[];
  readonly pixx: number;
  readonly pixy: number;
}

function drawn(name: string, text: string, options: string): Drawn {
  return (bwipjs.raw(name, text, options) as unknown as [Drawn])[0];
}

function matrix(name: string, text: string, symbology: string, quiet: number, options: string) {
  const { pixs, pixx, pixy } = drawn(name, text, options);
  const cells = Uint8Array.from(pixs);
  return { text, symbology, pattern: { cells, columns: pixx, rows: pixy, aspect: 1, quiet } };
}

/** PDF417 comes with each row once, to be drawn as high as `pixy` says: three modules. */
function stacked(text: string, columns: number, level: number): Code {
  const { pixs, pixx, pixy } = drawn('pdf417', text, `columns=${columns} eclevel=${level}`);
  const pattern = {
    cells: Uint8Array.from(pixs),
    columns: pixx,
    rows: pixs.length / pixx,
    aspect: pixx / pixy,
    quiet: 2,
  };
  return { text, symbology: 'PDF417', pattern };
}

function linear(name: string, text: string, symbology: string): Code {
  const [{ sbs }] = bwipjs.raw(name, text, '') as unknown as [{ sbs: number[] }];
  const cells = sbs.flatMap((width, i) => Array<number>(width).fill(i % 2 === 0 ? 1 : 0));
  const pattern = {
    cells: Uint8Array.from(cells),
    columns: cells.length,
    rows: 1,
    aspect: 2.6,
    quiet: 10,
  };
  return { text, symbology, pattern };
}
