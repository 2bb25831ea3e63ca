import { mount } from 'svelte';
import App from './App.svelte';

const target = document.getElementById('page');
if (!target) throw new Error('the page has no place for the handheld');
mount(App, { target });

// Without one the page works as well, as long as it is open or the gateway is within reach.
if ('serviceWorker' in navigator) {
  navigator.serviceWorker
    .register('/handheld/sw.js')
    .catch((fault: unknown) => console.warn(fault));
}
