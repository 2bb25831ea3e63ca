import { mount } from 'svelte';
import App from './App.svelte';

const HOME = '/handheld/';

// A pairing address is only the way in: the page, and what keeps it, live at one address.
if (location.pathname !== HOME) location.replace(HOME + location.hash);
else begin();

function begin(): void {
  const target = document.getElementById('page');
  if (!target) throw new Error('the page has no place for the handheld');
  mount(App, { target });
  // Without one the page works as well, as long as it is open or the gateway is within reach.
  if ('serviceWorker' in navigator) {
    const kept = navigator.serviceWorker.register(`${HOME}sw.js`);
    kept.catch((fault: unknown) => console.warn(fault));
  }
}
