import { mount } from 'svelte';
import App from './App.svelte';

const target = document.getElementById('page');
if (!target) throw new Error('the page has no place for the tickets');
mount(App, { target });

// Without one the page works as well, as long as there is a network when it is loaded.
if ('serviceWorker' in navigator) {
  navigator.serviceWorker.register('./sw.js').catch((fault: unknown) => console.warn(fault));
}
