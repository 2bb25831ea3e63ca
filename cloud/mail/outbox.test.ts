import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AttachmentMaker } from './delivery.ts';
import { createMailDesk } from './desk.ts';
import { CONTENTS_KEPT_MS, FORGOTTEN_ALL_MS, SECRET_SHOWN_MS } from './keeping.ts';
import type { Message } from './message.ts';
import { RETRY_MS, TRIES_MAX } from './outbox.ts';
import { listMails } from './outbox-store.ts';
import type { TemplateName } from './templates/data.ts';
import { samplesOf } from './templates/samples.ts';
import { type Behaviour, type FakeSmtp, startSmtp } from './test/fake-smtp.ts';
import { type MailHouse, openMailHouse } from './test/mail-house.ts';
import { SENDING_MAX } from './transport.ts';

const THEATER = { naam: 'De Kade', adres: '', telefoon: '', email: '', website: '' };

function message<N extends TemplateName>(template: N, key: string): Message<N> {
  const data = samplesOf('nl')[template];
  return { to: 'anna@example.org', template, language: 'nl', data, key };
}

async function withServer(
  work: (house: MailHouse, smtp: FakeSmtp) => Promise<void>,
  next: Behaviour[] = [],
): Promise<void> {
  const smtp = await startSmtp({ next });
  const house = await openMailHouse({ times: { connectMs: 2_000, silentMs: 3_000 } });
  try {
    await useServer(house, smtp);
    await work(house, smtp);
  } finally {
    await house.close();
    await smtp.stop();
  }
}

async function useServer(house: MailHouse, smtp: FakeSmtp): Promise<void> {
  const from = { name: 'De Kade', address: 'kassa@kade.example' };
  const server = { host: '127.0.0.1', port: smtp.port, tls: 'none' as const, user: null, from };
  await house.mail.configure({
    server: { ...server, replyTo: null, caCertificate: null },
    theater: THEATER,
  });
}

/** Waits until all mails have reached one of these states; the tests' own clock stands still. */
async function settled(house: MailHouse, states: readonly string[], count = 1) {
  for (let round = 0; round < 5_000; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    // Timers that are due by now run, also those set a moment ago.
    house.clock.advance(0);
    const mails = await listMails(house.store, { limit: 200 });
    if (mails.length === count && mails.every(({ state }) => states.includes(state))) return mails;
  }
  throw new Error('the mails did not settle');
}

test('a queued mail is sent; its key makes a repeat harmless, in a transaction and a batch too', async () => {
  await withServer(async (house, smtp) => {
    const { mail, store } = house;
    const order = message('order-confirmation', 'order:1');
    await mail.queue(order);
    await mail.queue({ ...order, to: 'other@example.org' });
    await store.db.transaction().execute((step) => mail.queueIn(step, order));
    await store.batch(() => mail.queueInBatch(order));
    await settled(house, ['sent']);
    await mail.queue(order);
    mail.nudge();
    const [row] = await settled(house, ['sent']);
    assert.is(smtp.received.length, 1);
    assert.is(smtp.received[0]?.to, 'anna@example.org');
    assert.match(row?.message_id ?? '', /^<[0-9a-f]{32}@kade\.example>$/);
    assert.match(smtp.received[0]?.source ?? '', `Message-ID: ${row?.message_id}`);
    assert.is(row?.tries, 1);
  });
});

test('a transaction that fails queues nothing', async () => {
  await withServer(async ({ mail, store }) => {
    const failing = store.db.transaction().execute(async (step) => {
      await mail.queueIn(step, message('refund', 'refund:1'));
      throw new Error('undone');
    });
    await failing.catch(() => undefined);
    assert.equal(await listMails(store, { limit: 10 }), []);
  });
});

test('a greylisted mail waits its time and goes at the next try, with the same Message-ID', async () => {
  const later = { rcpt: '450 4.2.0 later' };
  await withServer(
    async (house, smtp) => {
      await house.mail.queue(message('order-confirmation', 'order:2'));
      const [waiting] = await settled(house, ['queued']).then(async () => {
        for (;;) {
          const mails = await settled(house, ['queued']);
          if (mails[0]?.tries === 1) return mails;
        }
      });
      assert.is(waiting?.fault, 'mail-deferred');
      assert.match(waiting?.answer ?? '', '450');
      assert.is(waiting?.next_at, house.clock.now() + (RETRY_MS[0] ?? 0));
      house.clock.advance((RETRY_MS[0] ?? 0) - 1);
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.is(smtp.received.length, 0);
      house.clock.advance(1);
      const [sent] = await settled(house, ['sent']);
      assert.is(sent?.tries, 2);
      assert.is(sent?.message_id, waiting?.message_id);
    },
    [later],
  );
});

test('a 5xx is a failure that administrators see; no further try is made', async () => {
  await withServer(
    async (house, smtp) => {
      await house.mail.queue(message('tickets', 'tickets:1'));
      const [row] = await settled(house, ['failed']);
      assert.is(row?.fault, 'mail-refused');
      const desk = createMailDesk(house);
      const { counts, lastFault, mode } = await desk.status();
      assert.is(mode, 'smtp');
      assert.is(counts.failed, 1);
      assert.match(lastFault?.answer ?? '', '550 5.1.1');
      await desk.resend(row?.id ?? '');
      await settled(house, ['sent']);
      assert.is(smtp.received.length, 1);
    },
    [{ rcpt: '550 5.1.1 no such user' }],
  );
});

test('tries are limited', async () => {
  const deferred = Array.from({ length: TRIES_MAX + 1 }, () => ({ rcpt: '451 4.3.0 later' }));
  await withServer(async (house, smtp) => {
    await house.mail.queue(message('refund', 'refund:2'));
    for (let tries = 1; tries < TRIES_MAX; tries += 1) {
      for (;;) {
        const [row] = await settled(house, ['queued', 'sending', 'failed']);
        if (row?.tries === tries && row.state === 'queued') break;
      }
      house.clock.advance(RETRY_MS.at(-1) ?? 0);
    }
    const [row] = await settled(house, ['failed']);
    assert.is(row?.fault, 'mail-tries-used-up');
    assert.is(row?.tries, TRIES_MAX);
    assert.is(smtp.received.length, 0);
    assert.is(smtp.next.length, 1);
  }, deferred);
});

test('an answer that got lost sends the mail again with the same Message-ID, and is counted', async () => {
  await withServer(
    async (house, smtp) => {
      await house.mail.queue(message('order-confirmation', 'order:3'));
      while (smtp.received.length < 1) await new Promise((resolve) => setTimeout(resolve, 10));
      for (;;) {
        const [row] = await settled(house, ['queued', 'sending']);
        if (row?.state === 'queued') break;
      }
      house.clock.advance(RETRY_MS[0] ?? 0);
      const [row] = await settled(house, ['sent']);
      assert.is(row?.unsure, 1);
      const ids = smtp.received.map(({ source }) => /^Message-ID: (.+)\r$/m.exec(source)?.[1]);
      assert.equal(ids, [row?.message_id, row?.message_id]);
    },
    [{ cut: 'end' }],
  );
});

test('no more mails than allowed are on their way at once', async () => {
  const slow = Array.from({ length: 20 }, () => ({ slow: 20 }));
  await withServer(async (house, smtp) => {
    for (let n = 0; n < 20; n += 1) await house.mail.queue(message('test', `test:${n}`));
    await settled(house, ['sent'], 20);
    assert.is(smtp.received.length, 20);
    assert.ok(smtp.mostAtOnce() <= SENDING_MAX, `${smtp.mostAtOnce()} at once`);
  }, slow);
});

test('attachments are made when the mail is sent; what is gone or cannot be made is told', async () => {
  await withServer(async (house, smtp) => {
    const pdf: AttachmentMaker = async (reference, language) => {
      if (reference === 'gone') return undefined;
      if (reference === 'broken') throw new Error('out of paper');
      const content = Buffer.from(`pdf ${reference} ${language}`);
      return [{ filename: 'tickets.pdf', contentType: 'application/pdf', content }];
    };
    house.mail.attach('tickets', pdf);
    for (const reference of ['A1', 'gone', 'broken']) {
      const attachments = [{ kind: 'tickets', reference }];
      await house.mail.queue({ ...message('tickets', reference), attachments });
    }
    for (;;) {
      const mails = await settled(house, ['sent', 'failed', 'queued', 'sending'], 3);
      const state = (key: string) => mails.find((row) => row.key === key);
      if (state('A1')?.state !== 'sent' || state('gone')?.state !== 'failed') continue;
      if (state('broken')?.fault === null) continue;
      assert.is(state('gone')?.fault, 'mail-attachment-gone');
      assert.is(state('broken')?.fault, 'mail-attachment-failed');
      break;
    }
    const content = Buffer.from('pdf A1 nl').toString('base64');
    assert.match(smtp.received[0]?.source ?? '', content);
    assert.is(smtp.received.length, 1);
  });
});

test('without a mail server mails are held and shown; login links only for ten minutes', async () => {
  const house = await openMailHouse();
  const desk = createMailDesk(house);
  await house.mail.queue(message('login-link', 'login:1'));
  const [row] = await settled(house, ['held']);
  const id = row?.id ?? '';
  assert.is((await desk.status()).mode, 'outbox');
  assert.match(
    (await desk.look(id)).mail?.text ?? '',
    'https://www.example.org/inloggen/voorbeeld',
  );
  house.clock.advance(SECRET_SHOWN_MS);
  assert.is((await desk.look(id)).mail, null);
  for (;;) {
    const [later] = await settled(house, ['held']);
    if (later?.data === null) break;
  }
  await house.close();
});

test('a login link is never shown once a mail server is set, and is forgotten when sent', async () => {
  await withServer(async (house) => {
    await house.mail.queue(message('login-link', 'login:2'));
    const [row] = await settled(house, ['sent']);
    assert.is(row?.data, null);
    assert.is((await createMailDesk(house).look(row?.id ?? '')).mail, null);
  });
});

test('a mail that is no longer worth sending is not sent', async () => {
  const house = await openMailHouse();
  const smtp = await startSmtp({});
  await useServer(house, smtp);
  await smtp.stop();
  await house.mail.queue({ ...message('test', 't:1'), until: house.clock.now() + 1_000 });
  for (;;) {
    const [row] = await settled(house, ['queued', 'sending']);
    if (row?.state === 'queued' && row.tries === 1) break;
  }
  house.clock.advance(RETRY_MS[0] ?? 0);
  const [row] = await settled(house, ['failed']);
  assert.is(row?.fault, 'mail-too-late');
  await house.close();
});

test('addresses, names and texts go after 30 days; that a mail was sent stays', async () => {
  await withServer(async (house) => {
    await house.mail.queue(message('order-confirmation', 'order:9'));
    await settled(house, ['sent']);
    house.clock.advance(CONTENTS_KEPT_MS);
    for (let round = 0; round < FORGOTTEN_ALL_MS / 60_000; round += 1) {
      house.clock.advance(60_000);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    for (;;) {
      const [row] = await settled(house, ['sent']);
      if (row?.address !== null) continue;
      assert.equal([row.data, row.subject, row.answer], [null, null, null]);
      break;
    }
    await house.mail.queue(message('order-confirmation', 'order:9'));
    await settled(house, ['sent']);
  });
});

test('no address, name, subject or text is in the log', async () => {
  await withServer(
    async (house) => {
      await house.mail.queue(message('order-confirmation', 'order:4'));
      await house.mail.queue(message('email-changed', 'mail:4'));
      for (;;) {
        const mails = await settled(house, ['sent', 'failed', 'queued', 'sending'], 2);
        if (mails.some(({ state }) => state === 'failed')) break;
      }
      const text = JSON.stringify(house.logged);
      assert.ok(house.logged.length > 0);
      assert.not.match(text, /anna|vries|@|bestelling|2026-104711|inloggen/i);
    },
    [{ rcpt: '550 5.1.1 <anna@example.org> unknown' }, { rcpt: '450 4.1.1 <anna@example.org>' }],
  );
});

test.run();
