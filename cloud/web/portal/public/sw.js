/**
 * Keeps the page itself, so that a phone that is loaded again without network shows it. Tickets
 * and codes are none of its business: nothing under /api/ goes through here.
 */
const SHELL = 'portal-shell';
/** A network that has not brought the page by then counts as none. */
const PATIENCE_MS = 3_000;
const ASSET = /(?:src|href)="(\.\/assets\/[^"]+)"/g;

self.addEventListener('install', (event) => {
  event.waitUntil(
    fetch('./', { cache: 'no-cache' })
      .then(keepShell)
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const inScope = url.href.startsWith(self.registration.scope);
  if (request.method !== 'GET' || !inScope || url.pathname.includes('/api/')) return;
  if (request.mode === 'navigate') event.respondWith(page(event));
  else event.respondWith(asset(request));
});

/** Keeps a page with everything that it names, then lets go of what no page names any more. */
async function keepShell(response) {
  if (!response.ok) throw new Error(`the page could not be kept: ${response.status}`);
  const html = await response.clone().text();
  const assets = [...html.matchAll(ASSET)].map((match) => new URL(match[1], response.url).href);
  const cache = await caches.open(SHELL);
  const known = (await cache.keys()).map(({ url }) => url);
  await cache.addAll(assets.filter((url) => !known.includes(url)));
  await cache.put('./', response);
  const home = new URL('./', self.registration.scope).href;
  const old = known.filter((url) => url !== home && !assets.includes(url));
  await Promise.all(old.map((url) => cache.delete(url)));
}

async function page(event) {
  const fresh = fetch(event.request);
  event.waitUntil(fresh.then((response) => keepShell(response.clone())).catch(() => undefined));
  const late = new Promise((_, fail) => setTimeout(fail, PATIENCE_MS, new Error('late')));
  try {
    return await Promise.race([fresh, late]);
  } catch {
    return (await caches.match('./')) ?? fresh;
  }
}

async function asset(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}
