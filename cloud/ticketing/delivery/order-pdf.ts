import type { Moment } from '@gatehouse/protocol';
import type { Clock } from '../../ports.ts';
import type { Store } from '../../store/index.ts';
import type { Addresses } from '../orders/order-mail.ts';
import type { Order, OrderStore } from '../orders/order-store.ts';
import { rowOf } from '../rows.ts';
import type { SaleStore } from '../sale/sale-store.ts';
import { saleError } from '../sale-errors.ts';
import type { CodeKey } from './code-key.ts';
import type { TicketRecord } from './issuer.ts';
import { drawTicket, type TicketPage } from './ticket-page.ts';

/** A background picture at most. */
export const BACKGROUND_BYTES_MAX = 8 * 1024 * 1024;
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47]);
const JPEG = Buffer.from([0xff, 0xd8, 0xff]);

export type BackgroundKind = 'standard' | 'secure';

/** PDFs of tickets, made when they are asked for and never kept. */
export interface TicketPdf {
  /** All tickets of an order that are good; `undefined` where there are none. */
  ofOrder(order: string, language: 'nl' | 'en'): Promise<Buffer | undefined>;
  ofTicket(ticket: string, language: 'nl' | 'en'): Promise<Buffer | undefined>;
  /** @throws GatehouseError `background-refused` */
  setBackground(kind: BackgroundKind, picture: Uint8Array | null, also?: () => void): Promise<void>;
  background(kind: BackgroundKind): Background | undefined;
  /** A ticket as it would look now, on made-up data; its code opens nothing. */
  example(kind: BackgroundKind, language: 'nl' | 'en'): Promise<Buffer>;
}

export interface Background {
  readonly picture: Uint8Array;
  readonly type: 'image/png' | 'image/jpeg';
  readonly changed: Moment;
}

export interface PdfParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly orders: OrderStore;
  readonly sales: SaleStore;
  readonly key: CodeKey;
  readonly addresses: Addresses;
  /** IANA. */
  readonly timeZone: string;
}

export function createTicketPdf(parts: PdfParts): TicketPdf {
  const { store, orders, clock } = parts;
  const ticket = store.prepareRead('select * from tickets where id = ?');
  const itemOf = store.prepareRead('select order_id from order_items where ticket = ?');
  const background = store.prepareRead('select * from ticket_backgrounds where kind = ?');
  const picture = (kind: BackgroundKind) =>
    rowOf<{ picture: Uint8Array }>(background, kind)?.picture;

  async function made(order: Order, only: string | undefined, language: 'nl' | 'en') {
    const pages = order.items.flatMap((item) => {
      if (item.ticket === null || (only !== undefined && item.ticket !== only)) return [];
      const record = rowOf<TicketRecord>(ticket, item.ticket);
      if (record?.status !== 'valid') return [];
      return [pageOf(parts, order, record, picture, language)];
    });
    return pages.length === 0 ? undefined : drawn(pages, language, clock.now());
  }

  return {
    async ofOrder(id, language) {
      const order = orders.find(id);
      return order && made(order, undefined, language);
    },
    async ofTicket(id, language) {
      const row = rowOf<{ order_id: string }>(itemOf, id);
      const order = row && orders.find(row.order_id);
      return order && made(order, id, language);
    },
    async setBackground(kind, given, also) {
      if (given !== null && !isPicture(given)) {
        throw saleError('background-refused', { bytes: BACKGROUND_BYTES_MAX });
      }
      await store.batch(() => {
        store.prepare('delete from ticket_backgrounds where kind = ?').run(kind);
        const insert = store.prepare('insert into ticket_backgrounds values (?, ?, ?)');
        if (given !== null) insert.run(kind, given, clock.now());
        also?.();
      });
    },
    background(kind) {
      const row = rowOf<{ picture: Uint8Array; changed: Moment }>(background, kind);
      return row && { ...row, type: isPng(row.picture) ? 'image/png' : 'image/jpeg' };
    },
    example: (kind, language) =>
      drawn([examplePage(parts, kind, picture, language)], language, clock.now()),
  };
}

const isPng = (picture: Uint8Array) => PNG.equals(picture.subarray(0, PNG.length));

function isPicture(picture: Uint8Array): boolean {
  const known = isPng(picture) || JPEG.equals(picture.subarray(0, JPEG.length));
  return known && picture.length <= BACKGROUND_BYTES_MAX;
}

function pageOf(
  { sales, key, addresses, timeZone }: PdfParts,
  { row }: Order,
  ticket: TicketRecord,
  picture: (kind: BackgroundKind) => Uint8Array | undefined,
  language: 'nl' | 'en',
): TicketPage {
  const sold = sales.find(ticket.performance);
  const secure = ticket.kind === 'secure';
  return {
    title: sold?.title ?? '',
    hall: sold?.hall ?? '',
    when: written(sold?.starts ?? 0, language, timeZone),
    label: JSON.parse(ticket.label),
    order: row.number,
    name: row.name,
    code: secure || ticket.issue === null ? null : key.ticketCode(ticket.id, ticket.issue),
    portal: addresses.portal,
    background: (secure ? picture('secure') : undefined) ?? picture('standard'),
  };
}

function written(moment: Moment, language: 'nl' | 'en', timeZone: string): string {
  return new Intl.DateTimeFormat(language === 'nl' ? 'nl-NL' : 'en-GB', {
    ...{ dateStyle: 'full', timeStyle: 'short', timeZone },
  }).format(moment);
}

function examplePage(
  { clock, addresses, timeZone }: PdfParts,
  kind: BackgroundKind,
  picture: (kind: BackgroundKind) => Uint8Array | undefined,
  language: 'nl' | 'en',
): TicketPage {
  const secure = kind === 'secure';
  const word = language === 'nl' ? 'VOORBEELD' : 'EXAMPLE';
  return {
    title: 'Hamlet',
    hall: language === 'nl' ? 'Grote zaal' : 'Main hall',
    when: written(clock.now(), language, timeZone),
    label: { type: word, rank: 'Parterre', row: 'C', seat: '12' },
    order: word,
    name: 'Sanne de Boer',
    code: secure ? null : word,
    portal: addresses.portal,
    background: (secure ? picture('secure') : undefined) ?? picture('standard'),
  };
}

async function drawn(
  pages: readonly TicketPage[],
  language: 'nl' | 'en',
  now: number,
): Promise<Buffer> {
  // A tenth of the cloud's code, which only a cloud that sells needs.
  const { default: PDFDocument } = await import('pdfkit');
  const pdf = new PDFDocument({
    autoFirstPage: false,
    info: { Title: 'Tickets', CreationDate: new Date(now) },
  });
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
    pdf.on('error', reject);
    for (const page of pages) drawTicket(pdf, page, language);
    pdf.end();
  });
}
