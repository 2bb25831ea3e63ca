import type { Language } from './data.ts';

/**
 * The frame of all shipped mails: tables and inline styles for old mail programs, colours of its
 * own for dark mode, and nothing fetched from elsewhere. A shipped template is a whole document,
 * since templates cannot include others.
 */

const FONT = "font-family:Arial,'Helvetica Neue',Helvetica,sans-serif";
const TEXT = `${FONT};font-size:16px;line-height:24px;color:#1f2933`;
const SMALL = `${FONT};font-size:13px;line-height:20px;color:#52606d`;
const DARK = `@media (prefers-color-scheme:dark){
.ground{background-color:#16191d !important}.sheet{background-color:#22272e !important}
.text,.text td,.text p,.text h1,.text h2,.text a.plain{color:#f0f2f5 !important}
.small,.small a{color:#b8c2cc !important}.note{background-color:#2c3a4b !important}
.rule{border-color:#454d57 !important}.link{color:#8ec5ff !important}}
@media (max-width:620px){.sheet{width:100% !important}}`;

const FOOTER: Record<Language, string> = {
  nl: 'Vragen? {% if theater.telefoon %}Bel {{ theater.telefoon }} of mail naar{% else %}Mail naar{% endif %}',
  en: 'Questions? {% if theater.telefoon %}Call {{ theater.telefoon }} or write to{% else %}Write to{% endif %}',
};

export interface Letter {
  readonly language: Language;
  /** What mail programs show beside the subject. */
  readonly preheader: string;
  readonly heading: string;
  readonly body: readonly string[];
}

export function shell({ language, preheader, heading, body }: Letter): string {
  return `<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${heading}</title>
<style>${DARK}</style>
</head>
<body class="ground" style="margin:0;padding:0;background-color:#eef1f4">
<div class="preheader" style="display:none;max-height:0;overflow:hidden">${preheader}</div>
<table role="presentation" class="ground" width="100%" cellpadding="0" cellspacing="0" border="0"
 style="background-color:#eef1f4"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" class="sheet" width="600" cellpadding="0" cellspacing="0" border="0"
 style="width:600px;max-width:100%;background-color:#ffffff;border-radius:8px">
<tr><td class="text" style="padding:28px 32px 0;${TEXT}"><strong>{{ theater.naam }}</strong></td></tr>
<tr><td class="text" style="padding:8px 32px 24px;${TEXT}">
<h1 style="${FONT};font-size:24px;line-height:32px;margin:16px 0;color:#1f2933">${heading}</h1>
${body.join('\n')}
</td></tr>
<tr><td class="small rule" style="padding:20px 32px 28px;border-top:1px solid #d9dee3;${SMALL}">
<p style="margin:0 0 8px">${FOOTER[language]}
<a class="small" href="mailto:{{ theater.email }}" style="color:#52606d">{{ theater.email }}</a>.</p>
<p style="margin:0">{{ theater.naam }}{% if theater.adres %}<br>{{ theater.adres }}{% endif %}
{% if theater.website %}<br>
<a class="small" href="{{ theater.website }}" style="color:#52606d">{{ theater.website }}</a>{% endif %}</p>
</td></tr>
</table>
</td></tr></table>
</body>
</html>
`;
}

export function paragraph(text: string): string {
  return `<p style="margin:0 0 16px">${text}</p>`;
}

export function heading(text: string): string {
  return `<h2 style="${FONT};font-size:18px;line-height:26px;margin:24px 0 8px">${text}</h2>`;
}

/** A link that is seen as a button; its address stands in the plain-text part. */
export function button(href: string, label: string): string {
  return `<table role="presentation" cellpadding="0" cellspacing="0" border="0"
 style="margin:8px 0 24px"><tr><td style="background-color:#1d4ed8;border-radius:6px">
<a href="${href}" style="display:inline-block;padding:13px 24px;${FONT};font-size:16px;line-height:22px;color:#ffffff;text-decoration:none"><strong>${label}</strong></a>
</td></tr></table>`;
}

/** A box for what must not be missed. */
export function note(...lines: readonly string[]): string {
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"
 style="margin:8px 0 24px"><tr>
<td class="note text" style="padding:16px 20px;background-color:#e8f0fe;border-radius:6px;${TEXT}">
${lines.map((line) => `<p style="margin:0 0 8px">${line}</p>`).join('\n')}
</td></tr></table>`;
}

export function link(href: string, label: string): string {
  return `<a class="link" href="${href}" style="color:#1d4ed8">${label}</a>`;
}

/** Rows of what and how much, under each other. */
export function rows(...inner: readonly string[]): string {
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"
 class="text" style="margin:0 0 16px">
${inner.join('\n')}
</table>`;
}

export function row(what: string, amount: string): string {
  return `<tr><td valign="top" style="padding:4px 12px 4px 0;${TEXT}">${what}</td>
<td valign="top" align="right" style="padding:4px 0;white-space:nowrap;${TEXT}">${amount}</td></tr>`;
}
