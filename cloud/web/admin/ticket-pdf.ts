import { api } from '../admin.svelte.ts';

/** Longest time in which the browser has taken the file over. */
const TAKEN_MILLISECONDS = 60_000;

/** Opens a ticket as PDF in a tab of its own. */
export const openTicket = (id: string): Promise<void> => openPdf(`/tickets/${id}/ticket.pdf`);

/** Opens a PDF of the API in a tab. It goes through memory, since it needs the login. */
export async function openPdf(path: string): Promise<void> {
  const answer = await api().open(path, new AbortController().signal);
  const address = URL.createObjectURL(await answer.blob());
  const tab = window.open(address, '_blank');
  if (!tab) {
    const link = Object.assign(document.createElement('a'), { href: address });
    link.download = 'ticket.pdf';
    link.click();
  }
  setTimeout(() => URL.revokeObjectURL(address), TAKEN_MILLISECONDS);
}
