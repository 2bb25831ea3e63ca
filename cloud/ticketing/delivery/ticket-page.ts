import type { TicketLabel } from '@gatehouse/protocol';
import bwipjs from 'bwip-js/node';
import type PDFDocument from 'pdfkit';

/** Everything that stands on one page. */
export interface TicketPage {
  readonly title: string;
  readonly hall: string;
  /** Written out in the theatre's time zone. */
  readonly when: string;
  readonly label: TicketLabel;
  readonly order: string;
  readonly name: string;
  /** The text of the barcode; `null` for a secure ticket, which has none (S4). */
  readonly code: string | null;
  /** Where a secure ticket is shown. */
  readonly portal: string;
  readonly background: Uint8Array | undefined;
}

type Document = InstanceType<typeof PDFDocument>;

const MARGIN = 56;
/** 50 mm with its quiet zone. */
const QR_POINTS = 142;
const QUIET_MODULES = 4;
const LINE = 20;

const TEXTS = {
  nl: {
    rank: 'Rang',
    row: 'Rij',
    seat: 'Stoel',
    door: 'Ingang',
    order: 'Reservering',
    secure: 'Secure ticket',
    explain:
      'Op dit ticket staat geen code. De code staat in het ticketportaal en wisselt steeds. ' +
      'Log daar op de avond zelf in met het telefoonnummer waarmee is besteld:',
    once: 'Deze code is één keer geldig. Deel hem niet.',
  },
  en: {
    rank: 'Rank',
    row: 'Row',
    seat: 'Seat',
    door: 'Entrance',
    order: 'Order',
    secure: 'Secure ticket',
    explain:
      'This ticket bears no code. The code is in the ticket portal and keeps changing. ' +
      'Log in there on the evening itself with the phone number that was used to order:',
    once: 'This code is good once. Do not share it.',
  },
} as const;

/** Draws one ticket on a page of its own. */
export function drawTicket(pdf: Document, page: TicketPage, language: 'nl' | 'en'): void {
  const words = TEXTS[language];
  pdf.addPage({ size: 'A4', margin: MARGIN });
  if (page.background) {
    const { width, height } = pdf.page;
    pdf.image(Buffer.from(page.background), 0, 0, { width, height });
  }
  pdf.fillColor('#000000').font('Helvetica-Bold').fontSize(26).text(page.title, MARGIN, MARGIN);
  pdf.font('Helvetica').fontSize(13).moveDown(0.4);
  pdf.text(page.when).text(page.hall).moveDown();
  const { rank, row, seat, door, type } = page.label;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['', type],
    [words.rank, rank],
    [words.row, row],
    [words.seat, seat],
    [words.door, door],
    [words.order, page.order],
    ['', page.name],
  ];
  for (const [word, value] of facts) {
    if (value === undefined || value === '') continue;
    pdf.text(word === '' ? value : `${word}: ${value}`, { lineGap: LINE - 16 });
  }
  pdf.moveDown(2);
  if (page.code === null) drawSecure(pdf, page.portal, words);
  else drawCode(pdf, page.code, words.once);
}

function drawSecure(pdf: Document, portal: string, words: { secure: string; explain: string }) {
  pdf.font('Helvetica-Bold').fontSize(16).text(words.secure).moveDown(0.4);
  pdf.font('Helvetica').fontSize(12).text(words.explain).moveDown(0.4);
  pdf.fillColor('#0b3d91').text(portal, { link: portal, underline: true });
}

/** Modules as vectors, so that they are sharp at any resolution. */
function drawCode(pdf: Document, code: string, once: string): void {
  const [qr] = bwipjs.raw('qrcode', code, 'eclevel=M') as unknown as [
    { pixs: number[]; pixx: number; pixy: number },
  ];
  const top = pdf.y;
  const module = QR_POINTS / (qr.pixx + 2 * QUIET_MODULES);
  pdf.rect(MARGIN, top, QR_POINTS, QR_POINTS).fill('#ffffff');
  for (const [n, dark] of qr.pixs.entries()) {
    if (dark === 0) continue;
    const x = MARGIN + (QUIET_MODULES + (n % qr.pixx)) * module;
    const y = top + (QUIET_MODULES + Math.floor(n / qr.pixx)) * module;
    pdf.rect(x, y, module, module);
  }
  pdf.fill('#000000');
  pdf
    .font('Courier')
    .fontSize(12)
    .text(code, MARGIN, top + QR_POINTS + 8);
  pdf.font('Helvetica').fontSize(10).text(once);
}
