import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testAuthority } from '../test/certificates.ts';
import type { MailServerData } from './settings.ts';
import { type Behaviour, type FakeSmtp, startSmtp } from './test/fake-smtp.ts';
import { createSmtp, type Outgoing, type SendOutcome } from './transport.ts';

const authority = await testAuthority();
const TIMES = { connectMs: 2_000, silentMs: 700 };
const LOGIN = { user: 'kade', pass: 'geheim' };

const MAIL: Outgoing = {
  to: 'anna@example.org',
  messageId: '<abc@kade.example>',
  date: Date.UTC(2026, 10, 22, 12),
  subject: 'Je bestelling — één kaart',
  html: '<p>Hallo</p>',
  text: 'Hallo\n',
  attachments: [
    { filename: 'ticket.pdf', contentType: 'application/pdf', content: Buffer.from('%PDF-1.7') },
  ],
};

function serverOf(smtp: FakeSmtp, rest: Partial<MailServerData> = {}): MailServerData {
  return {
    ...{ host: '127.0.0.1', port: smtp.port, tls: 'none', user: null },
    from: { name: 'Theater De Kade', address: 'kassa@kade.example' },
    ...{ replyTo: null, caCertificate: null },
    ...rest,
  };
}

async function sendTo(
  smtp: FakeSmtp,
  rest: Partial<MailServerData> = {},
  password: string | null = null,
): Promise<SendOutcome> {
  const transport = createSmtp(serverOf(smtp, rest), password, TIMES);
  try {
    return await transport.send(MAIL);
  } finally {
    transport.stop();
  }
}

function faultOf(outcome: SendOutcome): string {
  return outcome.ok ? 'sent' : `${outcome.fault}${outcome.final ? ', final' : ''}`;
}

test('a mail arrives with its sender, Message-ID, both parts and its attachment', async () => {
  const smtp = await startSmtp({});
  const outcome = await sendTo(smtp, { replyTo: 'vragen@kade.example' });
  assert.ok(outcome.ok);
  const [mail] = smtp.received;
  assert.is(mail?.to, 'anna@example.org');
  assert.is(mail?.from, 'kassa@kade.example');
  for (const line of [
    /^From: Theater De Kade <kassa@kade\.example>\r$/m,
    /^To: anna@example\.org\r$/m,
    /^Reply-To: vragen@kade\.example\r$/m,
    /^Message-ID: <abc@kade\.example>\r$/m,
    /^Date: Sun, 22 Nov 2026 12:00:00 \+0000\r$/m,
    /^Auto-Submitted: auto-generated\r$/m,
    /text\/plain; charset=utf-8/,
    /text\/html; charset=utf-8/,
    /application\/pdf; name=ticket\.pdf/,
  ]) {
    assert.match(mail?.source ?? '', line);
  }
  await smtp.stop();
});

test('STARTTLS with a certificate of one’s own and a login work; the password goes over TLS', async () => {
  const { key, cert, ca } = authority.tls;
  const smtp = await startSmtp({ login: LOGIN, options: { key, cert, allowInsecureAuth: false } });
  const rest = { host: 'localhost', tls: 'starttls' as const, user: LOGIN.user, caCertificate: ca };
  assert.is(faultOf(await sendTo(smtp, rest, LOGIN.pass)), 'sent');
  assert.is(smtp.received[0]?.user, LOGIN.user);
  assert.is(smtp.received[0]?.secure, true);
  assert.is(faultOf(await sendTo(smtp, rest, 'fout')), 'mail-login-refused');
  const stranger = { ...rest, caCertificate: null };
  assert.is(faultOf(await sendTo(smtp, stranger, LOGIN.pass)), 'mail-tls-failed');
  await smtp.stop();
});

test('TLS from the first byte works too', async () => {
  const { key, cert, ca } = authority.tls;
  const smtp = await startSmtp({ options: { secure: true, key, cert } });
  const rest = { host: 'localhost', tls: 'tls' as const, caCertificate: ca };
  assert.is(faultOf(await sendTo(smtp, rest)), 'sent');
  await smtp.stop();
});

test('a server without STARTTLS gets no mail where STARTTLS is asked for', async () => {
  const smtp = await startSmtp({});
  const outcome = await sendTo(smtp, { tls: 'starttls' });
  assert.is(faultOf(outcome), 'mail-tls-failed');
  assert.is(smtp.received.length, 0);
  await smtp.stop();
});

const ANSWERS: [string, Behaviour, string][] = [
  ['greylisting', { rcpt: '450 4.2.0 greylisted, come back later' }, 'mail-deferred'],
  ['an unknown recipient', { rcpt: '550 5.1.1 no such user' }, 'mail-refused, final'],
  ['a refused message', { data: '554 5.7.1 looks like spam' }, 'mail-refused, final'],
  ['a full mailbox', { data: '452 4.2.2 mailbox full' }, 'mail-deferred'],
  ['a connection cut in DATA', { cut: 'data' }, 'mail-unsure'],
  ['a connection cut before the answer', { cut: 'end' }, 'mail-unsure'],
  ['a server that answers too late', { slow: 1_500 }, 'mail-unsure'],
];

for (const [what, behaviour, fault] of ANSWERS) {
  test(`${what} comes to ${fault}`, async () => {
    const smtp = await startSmtp({ next: [behaviour] });
    const outcome = await sendTo(smtp);
    assert.is(faultOf(outcome), fault);
    const said = behaviour.rcpt ?? behaviour.data;
    if (said && !outcome.ok) assert.match(outcome.answer ?? '', said.slice(0, 9));
    await smtp.stop();
  });
}

test('a server that is not there is unreachable, and that is never final', async () => {
  const smtp = await startSmtp({});
  await smtp.stop();
  assert.is(faultOf(await sendTo(smtp)), 'mail-server-unreachable');
});

test('a sender that the server refuses is an administrator’s matter, not the mail’s', async () => {
  const onMailFrom = (_: unknown, __: unknown, callback: (cause?: Error) => void) =>
    callback(Object.assign(new Error('sender refused'), { responseCode: 553 }));
  const smtp = await startSmtp({ options: { onMailFrom } });
  assert.is(faultOf(await sendTo(smtp)), 'mail-sender-refused');
  await smtp.stop();
});

test.run();
