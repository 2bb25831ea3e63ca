import type { Store } from '../../store/index.ts';
import type { DeliveryEvent, SendFailure } from './provider.ts';

/**
 * `sending` until the provider has answered; `refused` was certainly not taken; `unclear` may have
 * gone out. The others come by delivery report, `accepted` also with the answer.
 */
export type MessageState = 'sending' | 'refused' | 'unclear' | DeliveryEvent['state'];

/** A message in lists: no text, and of the number only its ends. */
export interface ListedMessage {
  readonly reference: string;
  readonly provider: string;
  readonly purpose: string;
  readonly number: string;
  readonly state: MessageState;
  readonly failure: SendFailure | null;
  readonly rawCode: string | null;
  readonly parts: number;
  readonly price: string | null;
  readonly made: number;
  readonly changed: number;
}

export interface NewMessage {
  readonly reference: string;
  readonly tenant: string;
  readonly provider: string;
  readonly purpose: string;
  readonly masked: string;
  readonly parts: number;
  readonly at: number;
  /** Only of the outbox. */
  readonly outbox?: { readonly number: string; readonly text: string };
}

export interface Ending {
  readonly state: MessageState;
  readonly failure?: SendFailure | undefined;
  readonly rawCode?: string | undefined;
  readonly providerId?: string | undefined;
  readonly parts?: number | undefined;
  readonly price?: string | undefined;
}

export interface OutboxRow {
  readonly reference: string;
  readonly number: string | null;
  readonly text: string;
  readonly made: number;
}

const LISTED = `reference, provider, purpose, number_masked as number, state, failure,
  raw_code as rawCode, parts, price, made, changed`;
/** States that a report may still change; a delivery counts whatever was said before. */
const OPEN = `('sending', 'accepted', 'refused', 'unclear', 'unknown')`;
const UNANSWERED = `('sending', 'refused', 'unclear')`;

export function createMessageStore(store: Store) {
  const run = statementsOf(store);
  return {
    async add(message: NewMessage): Promise<void> {
      const { reference, tenant, provider, purpose, masked, parts, at, outbox: shown } = message;
      const { number = null, text = null } = shown ?? {};
      await store.batch(() =>
        run.insert.run(reference, tenant, provider, purpose, masked, parts, at, at, number, text),
      );
    },
    async end(reference: string, ending: Ending, at: number): Promise<void> {
      const { state, failure, rawCode, providerId, parts, price } = ending;
      const fields = [failure, rawCode, providerId, parts, price].map((field) => field ?? null);
      await store.batch(() => run.end.run(state, ...fields, at, reference));
    },
    /** Takes a report; one for a message we never sent changes nothing. */
    async report(tenant: string, provider: string, event: DeliveryEvent): Promise<boolean> {
      const { state, rawCode, at, providerRef } = event;
      const fields = [state, rawCode ?? null, at, tenant, provider, providerRef, providerRef];
      const { changes } = await store.batch(() =>
        state === 'accepted' ? run.reportAccepted.run(...fields) : run.report.run(...fields, state),
      );
      return Number(changes) > 0;
    },
    /** After a crash: what was on its way may have gone out, so it is never sent again. */
    async cutOff(at: number): Promise<void> {
      await store.batch(() => run.cutOff.run(at));
    },
    list: (tenant: string, limit: number) =>
      run.list.all(tenant, limit) as unknown as ListedMessage[],
    outbox: (tenant: string, limit: number) =>
      run.outbox.all(tenant, limit) as unknown as OutboxRow[],
    /** Blanks what stood in the outbox long enough; gives how many. */
    async blank(until: number, limit: number, mask: (text: string) => string): Promise<number> {
      return store.batch(() => {
        const rows = run.dead.all(until, limit) as unknown as OutboxRow[];
        for (const { reference, text } of rows) run.blank.run(mask(text), reference);
        return rows.length;
      });
    },
    /** Removes messages and alarms from before then; gives how many messages. */
    async prune(tenant: string, until: number, limit: number): Promise<number> {
      return store.batch(() => {
        run.pruneAlarms.run(tenant, until);
        return Number(run.prune.run(tenant, until, limit).changes);
      });
    },
    testsSince: (tenant: string, since: number) =>
      (run.tests.get(tenant, since) as { tests: number }).tests,
  };
}

function statementsOf(store: Store) {
  const insert = store.prepare(
    `insert into sms_messages (reference, tenant, provider, purpose, number_masked, state, parts,
     made, changed, outbox_number, outbox_text) values (?, ?, ?, ?, ?, 'sending', ?, ?, ?, ?, ?)`,
  );
  // A report may have come before the answer; its word is the later one.
  const end = store.prepare(
    `update sms_messages set state = case when state = 'sending' then ? else state end,
     failure = ?, raw_code = coalesce(raw_code, ?), provider_id = ?, parts = coalesce(?, parts),
     price = ?, changed = ? where reference = ?`,
  );
  const own = `tenant = ? and provider = ? and (reference = ? or provider_id = ?)`;
  const report = store.prepare(
    `update sms_messages set state = ?, raw_code = ?, changed = ? where ${own}
     and (state in ${OPEN} or (? = 'delivered' and state <> 'delivered'))`,
  );
  const reportAccepted = store.prepare(
    `update sms_messages set state = ?, raw_code = ?, changed = ? where ${own}
     and state in ${UNANSWERED}`,
  );
  const cutOff = store.prepare(
    `update sms_messages set state = 'unclear', changed = ? where state = 'sending'`,
  );
  const list = store.prepareRead(
    `select ${LISTED} from sms_messages where tenant = ? order by made desc limit ?`,
  );
  const outbox = store.prepareRead(
    `select reference, outbox_number as number, outbox_text as text, made from sms_messages
     where tenant = ? and outbox_text is not null order by made desc limit ?`,
  );
  const dead = store.prepare(
    `select reference, outbox_number as number, outbox_text as text, made from sms_messages
     where outbox_number is not null and made <= ? order by made limit ?`,
  );
  const blank = store.prepare(
    'update sms_messages set outbox_number = null, outbox_text = ? where reference = ?',
  );
  const prune = store.prepare(
    `delete from sms_messages where reference in
     (select reference from sms_messages where tenant = ? and made < ? limit ?)`,
  );
  const pruneAlarms = store.prepare('delete from sms_alarms where tenant = ? and at < ?');
  const tests = store.prepareRead(
    `select count(*) as tests from sms_messages where tenant = ? and purpose = 'test'
     and made > ?`,
  );
  return {
    insert,
    end,
    report,
    reportAccepted,
    cutOff,
    list,
    outbox,
    dead,
    blank,
    prune,
    pruneAlarms,
    tests,
  };
}

export type MessageStore = ReturnType<typeof createMessageStore>;
