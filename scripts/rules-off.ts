/** One way to switch a rule of docs/rules.md off, and the test that has to notice. */
export interface Off {
  readonly rule: string;
  readonly file: string;
  /** Stands exactly once in the file; in its place comes `to`. */
  readonly from: string;
  readonly to: string;
  /** One of its tests names the rule and fails. */
  readonly test: string;
}

const SALE = 'cloud/ticketing/sale';
const ORDERS = 'cloud/ticketing/orders';
const DELIVERY = 'cloud/ticketing/delivery';
const GUESTS = 'cloud/guests';
const MAIL = 'cloud/mail';

const PERFORMANCES: readonly Off[] = [
  {
    rule: 'P1',
    file: `${SALE}/place-store.ts`,
    from: 'sold.capacity - gone.length - made;',
    to: 'sold.capacity - gone.length;',
    test: `${SALE}/sale.test.ts`,
  },
  {
    rule: 'P4',
    file: `${SALE}/buyer.ts`,
    from: `return channel !== 'kiosk' || !sold.secure;`,
    to: 'return true;',
    test: `${ORDERS}/secure-orders.test.ts`,
  },
  {
    rule: 'P5',
    file: `${SALE}/sale.ts`,
    from: String.raw`/^NL-\d{2}-\d+-\d+\|\d+$/`,
    to: '/./',
    test: `${SALE}/sale.test.ts`,
  },
  {
    rule: 'P6',
    file: `${SALE}/sales.ts`,
    from: `const fresh = { open: false,`,
    to: 'const fresh = { open: true,',
    test: `${SALE}/sale.test.ts`,
  },
  {
    rule: 'P6',
    file: `${SALE}/series.ts`,
    from: `throw saleError('series-pattern-outside');`,
    to: '',
    test: `${SALE}/series.test.ts`,
  },
  {
    rule: 'P7',
    file: `${SALE}/prices.ts`,
    from: ' && price.validFrom <= now',
    to: '',
    test: `${SALE}/sale.test.ts`,
  },
  {
    rule: 'P7',
    file: `${SALE}/prices.ts`,
    from: 'Math.max(cents * times, -total)',
    to: 'cents * times',
    test: `${SALE}/sale.test.ts`,
  },
  {
    rule: 'P9',
    file: `${SALE}/place-store.ts`,
    from: 'rows.filter(({ until }) => until === null || until > now)',
    to: `rows.filter(({ until, state }) => state !== 'blocked' && (until ?? now + 1) > now)`,
    test: `${SALE}/sale.test.ts`,
  },
  {
    rule: 'P10',
    file: `${SALE}/sale-readiness.ts`,
    from: `...(sms.tested ? [] : ['sms-not-tested' as const]),`,
    to: '',
    test: `${SALE}/sale.test.ts`,
  },
  {
    rule: 'P10',
    file: `${GUESTS}/sms/settings.ts`,
    from: 'tested: same ? now.tested : null',
    to: 'tested: now.tested',
    test: `${GUESTS}/sms/settings.test.ts`,
  },
  {
    rule: 'P11',
    file: 'cloud/http/hosts.ts',
    from: 'if (route === family) return undefined;',
    to: 'if (route !== undefined) return undefined;',
    test: 'cloud/http/hosts.test.ts',
  },
  {
    rule: 'P11',
    file: 'cloud/http/hosts.ts',
    from: 'if (family === undefined) return nothing(reply);',
    to: 'if (family === undefined) return undefined;',
    test: 'cloud/http/hosts.test.ts',
  },
  {
    rule: 'P12',
    file: `${SALE}/guest-maximum.ts`,
    from: 'if (had + wanted > sold.guestMax) {',
    to: 'if (wanted > sold.guestMax) {',
    test: `${ORDERS}/secure-orders.test.ts`,
  },
  {
    rule: 'P13',
    file: 'cloud/ticketing/performance.ts',
    from: 'times.opens ?? times.starts - OPENS_BEFORE_MS',
    to: 'times.opens ?? 0',
    test: 'cloud/http/api.test.ts',
  },
];

const NUMBERS: readonly Off[] = [
  {
    rule: 'G1',
    file: `${GUESTS}/phone-number.ts`,
    from: `if (!mobile) return`,
    to: 'if (text === undefined) return',
    test: `${GUESTS}/phone-number.test.ts`,
  },
  {
    rule: 'G1',
    file: `${GUESTS}/accounts/account-phones.ts`,
    from: 'verified >= NUMBERS_MAX || others.length',
    to: 'others.length',
    test: `${GUESTS}/accounts/account-phones.test.ts`,
  },
  {
    rule: 'G2',
    file: `${GUESTS}/accounts/account-phones.ts`,
    from: '{ phone: to, phone_verified: null }',
    to: '{ phone: to }',
    test: `${GUESTS}/accounts/account-phones.test.ts`,
  },
  {
    rule: 'G3',
    file: `${GUESTS}/phone-code-store.ts`,
    from: 'and expires > ? and tries < ? returning',
    to: 'and expires > ? - 1e15 and tries < ? returning',
    test: `${GUESTS}/phone-codes.test.ts`,
  },
  {
    rule: 'G3',
    file: `${GUESTS}/phone-code-check.ts`,
    from: 'export const CODE_TRIES_MAX = 5;',
    to: 'export const CODE_TRIES_MAX = 1_000_000;',
    test: `${GUESTS}/phone-codes.test.ts`,
  },
  {
    rule: 'G3',
    file: `${GUESTS}/phone-code-check.ts`,
    from: 'codes.use(tenant, purpose, number);',
    to: '',
    test: `${GUESTS}/phone-codes.test.ts`,
  },
  {
    rule: 'G4',
    file: `${GUESTS}/sms/office.ts`,
    from: `if (chosen && !hadMessagebird(current())) throw`,
    to: `if (chosen && current() === undefined) throw`,
    test: `${GUESTS}/sms/settings.test.ts`,
  },
];

const SECURE: readonly Off[] = [
  {
    rule: 'S1',
    file: `${SALE}/buyer.ts`,
    from: `if (buyer.verifiedPhone === null) throw saleError('guest-not-verified');`,
    to: '',
    test: `${ORDERS}/secure-orders.test.ts`,
  },
  {
    rule: 'S2',
    file: `${ORDERS}/orders.ts`,
    from: `if (filledWith !== phone) throw saleError('phone-changed');`,
    to: '',
    test: `${ORDERS}/secure-orders.test.ts`,
  },
  {
    rule: 'S2',
    file: `${ORDERS}/orders.ts`,
    from: '{ performance, secure, phone: row.phone, label,',
    to: `{ performance, secure, phone: '+31600000000', label,`,
    test: `${ORDERS}/secure-orders.test.ts`,
  },
  {
    rule: 'S3',
    file: `${ORDERS}/orders.ts`,
    from: `if (delivery !== 'e-ticket') throw saleError('secure-e-ticket-only');`,
    to: '',
    test: `${ORDERS}/secure-orders.test.ts`,
  },
  {
    rule: 'S4',
    file: `${DELIVERY}/order-pdf.ts`,
    from: 'code: secure || ticket.issue === null ? null : key.ticketCode(ticket.id, ticket.issue)',
    to: 'code: key.ticketCode(ticket.id, ticket.issue ?? 1)',
    test: `${DELIVERY}/ticket-pdf.test.ts`,
  },
  {
    rule: 'S5',
    file: 'cloud/portal/windows.ts',
    from: 'return now >= listFrom && now < until;',
    to: 'return listFrom > 0 && now < until;',
    test: 'cloud/portal/windows.test.ts',
  },
  {
    rule: 'S6',
    file: 'cloud/portal/windows.ts',
    from: 'now >= window.codeFrom && ',
    to: '',
    test: 'cloud/portal/windows.test.ts',
  },
  {
    rule: 'S7',
    file: 'cloud/portal/windows.ts',
    from: 'until: saleUntil ?? ends ??',
    to: 'until: ends ??',
    test: 'cloud/portal/windows.test.ts',
  },
  {
    rule: 'S7',
    file: 'cloud/portal/windows.ts',
    from: 'return used < uses ||',
    to: 'return used <= uses ||',
    test: 'cloud/portal/portal.test.ts',
  },
  {
    rule: 'S8',
    file: 'cloud/web/portal/portal.svelte.ts',
    from: `if (portal.now >= portal.view.until) return void leave('ended');`,
    to: '',
    test: 'cloud/web/portal/offline.browser.test.ts',
  },
  {
    rule: 'S9',
    file: 'gateway/handheld/hand-lane.ts',
    from: 'const done = isSecure ?',
    to: 'const done = isSecure && false ?',
    test: 'gateway/handheld/hand-lane.test.ts',
  },
  {
    rule: 'S10',
    file: `${GUESTS}/accounts/office-routes.ts`,
    from: 'verified: row.phone_verified !== null }',
    to: 'verified: false }',
    test: `${GUESTS}/accounts/account-phones.test.ts`,
  },
  {
    rule: 'S11',
    file: `${ORDERS}/order-view.ts`,
    from: 'portal: secure ? addresses.portal : null,',
    to: 'portal: null,',
    test: 'cloud/web/shop/shop.browser.test.ts',
  },
  {
    rule: 'S12',
    file: `${SALE}/shop-routes.ts`,
    from: `!secure || verified ? ('no' as const)`,
    to: `!secure || buyer ? ('no' as const)`,
    test: `${SALE}/sale.test.ts`,
  },
  {
    rule: 'S13',
    file: 'protocol/decide.ts',
    from: `presented.performance?.offline ?? 'refuse';`,
    to: `presented.ticket ? 'verify' : 'refuse';`,
    test: 'gateway/lane/offline.test.ts',
  },
  {
    rule: 'S14',
    file: 'cloud/portal/windows.ts',
    from: 'times.codeBeforeMinutes ?? CODE_BEFORE_MINUTES',
    to: 'CODE_BEFORE_MINUTES',
    test: 'cloud/portal/windows.test.ts',
  },
  {
    rule: 'S15',
    file: 'cloud/portal/windows.ts',
    from: ' || (reEntry && used > 0 && !inside)',
    to: ' || (reEntry && inside && used > 1_000)',
    test: 'cloud/portal/portal.test.ts',
  },
  {
    rule: 'S16',
    file: 'cloud/web/portal/moving-on.ts',
    from: `inOrder.find(({ state }) => state === 'code') ??`,
    to: '',
    test: 'cloud/web/portal/page.test.ts',
  },
];

const OFFICE: readonly Off[] = [
  {
    rule: 'B1',
    file: 'cloud/ticketing/box-office/booking.ts',
    from: 'sold.secure && verified !== null && !booking.asRegular',
    to: 'sold.secure',
    test: `${DELIVERY}/delivery.test.ts`,
  },
  {
    rule: 'B2',
    file: `${DELIVERY}/deliver.ts`,
    from: 'const newCode = paper || replaceCode || fromPaper;',
    to: 'const newCode = paper || replaceCode || (fromPaper && false);',
    test: `${DELIVERY}/delivery-table.test.ts`,
  },
  {
    rule: 'B3',
    file: `${DELIVERY}/bulk.ts`,
    from: `if (isUsed(ticket)) return 'used';`,
    to: '',
    test: `${DELIVERY}/delivery.test.ts`,
  },
  {
    rule: 'B3',
    file: `${DELIVERY}/bulk.ts`,
    from: 'const more = tickets.length === STEP;',
    to: 'const more = false;',
    test: `${DELIVERY}/bulk.test.ts`,
  },
  {
    rule: 'B4',
    file: `${DELIVERY}/issuer.ts`,
    from: `          'cancelled',`,
    to: `          'valid',`,
    test: `${DELIVERY}/delivery.test.ts`,
  },
  {
    rule: 'B4',
    file: `${DELIVERY}/issuer.ts`,
    from: `          'cancelled',`,
    to: `          'valid',`,
    test: 'demo/delivery-table.test.ts',
  },
  {
    rule: 'B11',
    file: `${DELIVERY}/deliver.ts`,
    from: `['hard-copy', 'door']`,
    to: `['hard-copy']`,
    test: `${DELIVERY}/delivery.test.ts`,
  },
];

const MAILS: readonly Off[] = [
  {
    rule: 'M1',
    file: `${MAIL}/templates/templates.ts`,
    from: 'const { warnings } = await preview(name, language, { subject, html, text }, sample);',
    to: 'const warnings: TemplateWarning[] = [];',
    test: `${MAIL}/templates/templates.test.ts`,
  },
  {
    rule: 'M2',
    file: `${MAIL}/templates/catalog.ts`,
    from: `nl: 'Inschrijflijst eerste ronde verloren'`,
    to: `nl: 'Uitgeloot'`,
    test: `${MAIL}/templates/templates.test.ts`,
  },
  {
    rule: 'M3',
    file: `${MAIL}/texts/texts.ts`,
    from: `const own = isEmptyRichText(clean) ? '' : clean;`,
    to: 'const own = clean;',
    test: `${MAIL}/texts/texts.test.ts`,
  },
  {
    rule: 'M4',
    file: `${MAIL}/templates/templates.ts`,
    from: `...missing.map((placeholder) => ({ kind: 'missing' as const, placeholder, line: null })),`,
    to: '',
    test: `${MAIL}/templates/templates.test.ts`,
  },
  {
    rule: 'M4',
    file: `${MAIL}/templates/templates.ts`,
    from: 'restore: (name, language, also) => removeTemplate(store, name, language, also),',
    to: 'restore: async () => undefined,',
    test: `${MAIL}/templates/templates.test.ts`,
  },
];

/** Every rule at least once. */
export const RULES_OFF: readonly Off[] = [
  ...PERFORMANCES,
  ...NUMBERS,
  ...SECURE,
  ...OFFICE,
  ...MAILS,
];
