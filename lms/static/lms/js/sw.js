/* Keeps the page of a quiz in progress, so that a killed tab comes back without a line, and the page that takes a
   code that was scanned without one. Nothing else is kept. */

const PAGES = "quiz-pages";
const PARTS = "quiz-parts";
const QUIZ = /^\/learn\/\d+\/attempts\/[0-9a-f-]{36}\/$/;
const CHECK_IN = "/in/";
const SCANNED = /^\/in\/(\d+\/[^/]+\/)?$/;
const PATIENCE_MS = 8000;

addEventListener("install", () => self.skipWaiting());
addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

addEventListener("message", (event) => {
  const { keep, parts, forget } = event.data;
  event.waitUntil((async () => {
    const pages = await caches.open(PAGES);
    if (forget) await pages.delete(forget);
    const kept = await caches.open(PARTS);
    const fetched = (parts ?? []).map((part) => kept.add(part).catch(() => {}));
    if (QUIZ.test(keep) || keep === CHECK_IN) fetched.push(keepPage(pages, keep).catch(() => {}));
    await Promise.all(fetched);
  })());
});

/* Whole before it replaces what is there: a line that goes meanwhile must not take the kept page with it. */
async function replace(pages, path, response) {
  const { status, headers } = response;
  await pages.put(path, new Response(await response.blob(), { status, headers }));
}

async function keepPage(pages, path) {
  const response = await fetch(path);
  if (response.ok && !response.redirected && !response.headers.get("X-Shared-Device")) await replace(pages, path, response);
}

async function page(request) {
  const pages = await caches.open(PAGES);
  const path = new URL(request.url).pathname;
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (response.headers.get("X-Shared-Device")) await caches.delete(PAGES);
    else if (response.ok && !response.redirected && request.method === "GET") await replace(pages, path, response.clone());
    else if (response.type === "opaqueredirect") await pages.delete(path);  /* handed in, or signed out */
    return response;
  } catch (error) {
    const kept = await pages.match(path);
    if (kept) return kept;
    throw error;
  }
}

async function scanned(request) {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (error) {
    const kept = await (await caches.open(PAGES)).match(CHECK_IN);
    if (kept) return kept;
    throw error;
  }
}

async function part(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await (await caches.open(PARTS)).match(request);
    if (kept) return kept;
    throw error;
  }
}

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (url.pathname.startsWith("/accounts/logout")) {
    event.waitUntil(caches.delete(PAGES));  /* a shared phone's next person finds no questions */
  } else if (request.method === "GET" && request.mode === "navigate" && QUIZ.test(url.pathname)) {
    event.respondWith(page(request));
  } else if (request.method === "GET" && request.mode === "navigate" && SCANNED.test(url.pathname)) {
    event.respondWith(scanned(request));
  } else if (request.method === "GET" && url.pathname.startsWith("/static/")) {
    event.respondWith(part(request));
  }
});
