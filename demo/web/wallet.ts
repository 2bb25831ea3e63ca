import type { NewTicket } from '../tickets.ts';
import type { Binding } from './phone.ts';

/** A ticket in this visitor's hands. */
export type HeldTicket = NewTicket & { readonly used: boolean };
export type PhoneTicket = HeldTicket & Binding;

/** A picture of the phone's code, kept. */
export interface Screenshot {
  readonly code: string;
  readonly ticket: string;
  readonly title: string;
  readonly place: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What this visitor holds. */
export interface Wallet {
  readonly phone?: PhoneTicket | undefined;
  readonly paper?: HeldTicket | undefined;
  readonly screenshot?: Screenshot | undefined;
}

/** The wallet with the tickets of this evening only: the cloud may have been begun anew. */
export function forEvening(
  wallet: Wallet,
  evening: { regular: { id: string }; secure: { id: string } },
): Wallet {
  const phone = wallet.phone?.performance === evening.secure.id ? wallet.phone : undefined;
  const paper = wallet.paper?.performance === evening.regular.id ? wallet.paper : undefined;
  return { phone, paper, screenshot: phone && wallet.screenshot };
}

/** The wallet after somebody walked through on a ticket. */
export function withUsed(wallet: Wallet, ticket: string): Wallet {
  const { phone, paper } = wallet;
  return {
    ...wallet,
    phone: phone?.id === ticket ? { ...phone, used: true } : phone,
    paper: paper?.id === ticket ? { ...paper, used: true } : paper,
  };
}
