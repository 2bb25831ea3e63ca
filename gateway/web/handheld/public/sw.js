/**
 * Keeps the page itself, so that a handheld that is opened out of reach says so instead of showing
 * the browser's own page. Tickets and answers are none of its business: nothing under /api/ goes
 * through here.
 */
const SHELL = 'handheld-shell';
/** A network that has not brought the page by then counts as none. */
const PATIENCE_MS = 3_000;
const NAMED = /(?:src|href)="(\/handheld\/[^"]+)"/g;

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
  if (request.method !== 'GET' || !request.url.startsWith(self.registration.scope)) return;
  if (request.mode === 'navigate') event.respondWith(page(event));
  else event.respondWith(part(request));
});

/** Keeps a page with what it names; what an older page was made of is let go. */
async function keepShell(response) {
  if (!response.ok) throw new Error(`the page could not be kept: ${response.status}`);
  const html = await response.clone().text();
  const home = new URL('./', self.registration.scope).href;
  const cache = await caches.open(SHELL);
  const old = await cache.match(home);
  if (old && (await old.text()) === html) return;
  for (const request of await cache.keys()) await cache.delete(request);
  await cache.addAll([...html.matchAll(NAMED)].map(([, path]) => new URL(path, home).href));
  await cache.put(home, response);
}

async function page(event) {
  const fresh = fetch(event.request);
  event.waitUntil(fresh.then((response) => keepShell(response.clone())).catch(() => undefined));
  const late = new Promise((_, fail) => setTimeout(fail, PATIENCE_MS, new Error('late')));
  try {
    return await Promise.race([fresh, late]);
  } catch {
    return (await caches.match(new URL('./', self.registration.scope).href)) ?? fresh;
  }
}

/** Parts carry their digest in their name: what is kept is what would be fetched. */
async function part(request) {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept) return kept;
  const fresh = await fetch(request);
  if (fresh.ok) await (await caches.open(SHELL)).put(request, fresh.clone());
  return fresh;
}
