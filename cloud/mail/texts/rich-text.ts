/** HTML as administrators may write it in explanation texts; everything else becomes text or goes. */

const TAGS = ['p', 'br', 'strong', 'b', 'em', 'i', 'u', 'ul', 'ol', 'li', 'h3', 'h4', 'a'];
const EMPTY = ['br'];
/** Left out with what is in them. */
const DROPPED =
  /<(script|style|template|iframe|object|svg|math|title|textarea|noscript)\b[\s\S]*?(<\/\1\s*>|$)/gi;
const TAG = /<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:"[^"]*"|'[^']*'|[^"'<>])*)>/g;
const HREF = /\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i;
const ENTITY = /&(?!(?:#\d{1,6}|#x[0-9a-f]{1,5}|[a-z]{2,10});)/gi;
/** Nesting deeper than this is flattened. */
const DEPTH_MAX = 20;

/**
 * Rewrites HTML so that only what is on the list is left: the result is put together anew from
 * known tags, and all between them is escaped. A cleaned text cleaned again stays as it is.
 */
export function cleanRichText(html: string): string {
  const source = html.replace(/<!--[\s\S]*?(-->|$)/g, '').replace(DROPPED, '');
  const open: string[] = [];
  let clean = '';
  let from = 0;
  for (const match of source.matchAll(TAG)) {
    clean += escapeText(source.slice(from, match.index));
    from = match.index + match[0].length;
    const tag = (match[2] ?? '').toLowerCase();
    if (!TAGS.includes(tag)) continue;
    if (match[1] === '/') clean += closeTo(open, tag);
    else if (EMPTY.includes(tag)) clean += `<${tag}>`;
    else if (open.length < DEPTH_MAX && !(tag === 'a' && open.includes('a'))) {
      clean += tag === 'a' ? anchor(match[3] ?? '') : `<${tag}>`;
      open.push(tag);
    }
  }
  clean += escapeText(source.slice(from));
  return (clean + closeFrom(open, 0)).trim();
}

/** Whether nothing can be read in it. */
export function isEmptyRichText(clean: string): boolean {
  const text = clean.replace(/<[^>]*>/g, '').replace(/&nbsp;|&#160;|\s/gi, '');
  return text === '';
}

/** Closes the innermost `tag` with all that is open in it; nothing where it is not open. */
function closeTo(open: string[], tag: string): string {
  const at = open.lastIndexOf(tag);
  return at < 0 ? '' : closeFrom(open, at);
}

function closeFrom(open: string[], at: number): string {
  return open
    .splice(at)
    .reverse()
    .map((name) => `</${name}>`)
    .join('');
}

function anchor(attributes: string): string {
  const match = HREF.exec(attributes);
  const href = match?.[1] ?? match?.[2] ?? match?.[3] ?? '';
  const safe = safeTarget(href);
  if (safe === undefined) return '<a>';
  return `<a href="${safe}" rel="noopener noreferrer">`;
}

/** An address on the web, for mail or telephone, or a path on the own site. */
function safeTarget(href: string): string | undefined {
  const plain = href
    .replace(/&amp;/gi, '&')
    .replace(/\p{Cc}/gu, '')
    .trim();
  if (/&#|&[a-z]+;/i.test(plain) || !/^(https?:\/\/|mailto:|tel:|\/(?![/\\])|#)/i.test(plain)) {
    return undefined;
  }
  return escapeText(plain.replace(/&/g, '&amp;')).replace(/[\s`]/g, encodeURIComponent);
}

function escapeText(text: string): string {
  return text
    .replace(ENTITY, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
}
