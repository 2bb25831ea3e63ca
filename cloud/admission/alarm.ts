import type { JournalGap } from '@gatehouse/protocol';
import type { Parked } from './journal-store.ts';

/** What people have to look at in what a gateway has sent. */
export type JournalAlarm =
  | {
      readonly code: 'journal-row-parked';
      readonly epoch: string;
      readonly seq: number;
      readonly why: Parked;
    }
  | ({ readonly code: 'journal-gap' } & JournalGap)
  | { readonly code: 'gateway-cloned'; readonly one: string; readonly other: string };

/** An alarm on the stream; `n` counts up from the start of the cloud. */
export type ToldAlarm = JournalAlarm & { readonly n: number; readonly gateway: string };

/** What the log says of an alarm. */
export const ALARM_WORDS: Readonly<Record<JournalAlarm['code'], string>> = {
  'journal-row-parked': 'a journal row was set aside',
  'journal-gap': 'a gateway has lost rows of its journal',
  'gateway-cloned': 'two machines run as one gateway: a copied card?',
};
