/** The plain-text part of a mail, from its HTML. */

const ENTITIES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  euro: '€',
  ndash: '–',
  mdash: '—',
  middot: '·',
  hellip: '…',
  rarr: '→',
  eacute: 'é',
  euml: 'ë',
  iuml: 'ï',
};
const LEFT_OUT = /<(head|style|script|title)\b[^>]*>[\s\S]*?<\/\1\s*>|<!--[\s\S]*?-->/gi;
/** Text that mail clients show beside the subject only. */
const PREHEADER = /<div\b[^>]*\bclass="preheader"[^>]*>[\s\S]*?<\/div>/gi;

/** Keeps words, links and breaks; drops everything else. */
export function plainText(html: string): string {
  const text = html
    .replace(LEFT_OUT, '')
    .replace(PREHEADER, '')
    .replace(/\s+/g, ' ')
    .replace(/<a\b[^>]*?\bhref="([^"]*)"[^>]*>(.*?)<\/a\s*>/gi, link)
    .replace(/<li\b[^>]*>/gi, '\n- ')
    .replace(/<(br|\/tr|\/li)\b[^>]*>/gi, '\n')
    .replace(/<\/t[dh]\s*>/gi, '  ')
    .replace(/<hr\b[^>]*>/gi, '\n\n--\n')
    .replace(/<\/?(p|h[1-6]|table|ul|ol|div|blockquote)\b[^>]*>/gi, '\n\n')
    .replace(/<[^>]{0,10000}>/g, '')
    .replace(/&(#x?[0-9a-f]{1,6}|[a-z]{1,10});/gi, entity);
  const lines = text.split('\n').map((line) => line.replace(/[ \u00a0]+/g, ' ').trim());
  return `${lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}

function link(_: string, href: string, inner: string): string {
  const label = inner.replace(/<[^>]*>/g, '').trim();
  const target = href.replace(/^(mailto|tel):/i, '');
  if (label === '' || label === href || label === target) return target;
  return `${label}: ${target}`;
}

function entity(whole: string, name: string): string {
  if (!name.startsWith('#')) return ENTITIES[name.toLowerCase()] ?? whole;
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  return code > 0x1f && code <= 0x10ffff ? String.fromCodePoint(code) : ' ';
}
