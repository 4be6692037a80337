/* Attendance where the line comes and goes: the list, the screen with a code, and the phone that scanned it. */

const BATCH = 200;
const TRY_AGAIN_MS = 20000;

const part = (element, name) => element.querySelector(`[data-part="${name}"]`);
const words = (element) => Object.fromEntries([...element.querySelector("[data-words]").content.querySelectorAll("[data-word]")]
  .map((word) => [word.dataset.word, word.textContent]));

/* What this browser keeps until the server has it; in memory where there is no storage. */
class Kept {
  constructor(key) { this.key = key; this.list = []; }
  read() {
    try { return JSON.parse(localStorage.getItem(this.key)) ?? []; } catch { return this.list; }
  }
  /* Read anew each time: another tab may have written meanwhile. */
  change(work) {
    this.list = work(this.read());
    try {
      if (this.list.length) localStorage.setItem(this.key, JSON.stringify(this.list));
      else localStorage.removeItem(this.key);
    } catch { /* full or shut: what is in memory is sent while the page is open */ }
  }
}

/* <lms-ticks data-url data-key>: keeps each tick of the list here, and sends it as soon as there is a line. */
customElements.define("lms-ticks", class extends HTMLElement {
  connectedCallback() {
    this.kept = new Kept(this.dataset.key);
    this.words = words(this);
    for (const tick of this.kept.read()) {
      const field = this.field(tick.booking, tick.is_present ? "present" : "absent");
      if (field) field.checked = true;
    }
    this.addEventListener("change", (event) => { if (event.target.type === "radio") this.note(event.target); });
    addEventListener("online", () => this.send());
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") this.send(); });
    setInterval(() => this.send(), TRY_AGAIN_MS);
    this.say();
    this.send();
  }
  field(booking, value) { return this.querySelector(`[name="tick-${Number(booking)}"][value="${value}"]`); }
  note(field) {
    const tick = {
      id: crypto.randomUUID(), booking: Number(field.name.slice(5)), is_present: field.value === "present", at: new Date().toISOString(),
    };
    this.kept.change((list) => [...list, tick]);
    this.say();
    this.send();
  }
  async send() {
    const ticks = this.kept.read().slice(0, BATCH);
    if (this.isSending || !ticks.length) return;
    this.isSending = true;
    let isThrough = false;
    try {
      const response = await fetch(this.dataset.url, {
        method: "POST", redirect: "manual", body: JSON.stringify({ ticks }),
        headers: { "Content-Type": "application/json", "X-CSRFToken": this.querySelector("[name=csrfmiddlewaretoken]").value },
      });
      isThrough = response.ok;
      if (isThrough) this.received(await response.json());
      else if (response.type === "opaqueredirect" || response.status === 403) this.tell(this.words.signIn);
    } catch { /* no line: it waits */ }
    this.isSending = false;
    this.say();
    if (isThrough && this.kept.read().length) this.send();
  }
  received({ received, refused, counts }) {
    const answered = new Set([...received, ...Object.keys(refused)]);
    this.kept.change((list) => list.filter((tick) => !answered.has(tick.id)));
    for (const sentence of Object.values(refused)) this.tell(sentence);
    part(this, "server").textContent = this.words.server.replace(/%(\w+)/g, (_whole, name) => counts[name]);
  }
  tell(sentence) {
    const list = part(this, "refused");
    if ([...list.children].some((item) => item.textContent === sentence)) return;
    const item = document.createElement("li");
    item.textContent = sentence;
    list.append(item);
  }
  say() {
    const { length } = this.kept.read();
    const here = part(this, "here");
    here.hidden = !length;
    if (length) here.textContent = this.words.here.replace("%n", length);
  }
});

/* <lms-screen data-url data-seconds data-last>: shows the code of each moment, by the server's clock, from a store of codes. */
customElements.define("lms-screen", class extends HTMLElement {
  async connectedCallback() {
    this.codes = new Map();
    this.words = words(this);
    this.offset = 0;
    await this.fetch();
    part(this, "prepare").hidden = false;
    part(this, "prepare").addEventListener("click", () => this.prepare());
    setInterval(() => this.tick(), 1000);
    this.tick();
  }
  step() { return Math.floor((Date.now() / 1000 + this.offset) / Number(this.dataset.seconds)); }
  until() { return Math.max(0, ...this.codes.keys()); }
  async fetch(from = this.step()) {
    try {
      const response = await fetch(`${this.dataset.url}?from=${from}`);
      if (!response.ok || response.redirected) return false;
      const { now, codes } = await response.json();
      this.offset = now - Date.now() / 1000;
      for (const [step, rows] of Object.entries(codes)) this.codes.set(Number(step), rows);
      return Object.keys(codes).length > 0;
    } catch { return false; }
  }
  async prepare() {
    part(this, "prepare").disabled = true;
    while (this.until() < Number(this.dataset.last) && await this.fetch(this.until() + 1));
    part(this, "prepare").disabled = false;
    const time = new Date((this.until() + 1) * Number(this.dataset.seconds) * 1000);
    const kept = part(this, "kept");
    kept.textContent = this.words.kept.replace("%time", time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
    kept.hidden = false;
  }
  async tick() {
    const step = this.step();
    for (const old of this.codes.keys()) if (old < step) this.codes.delete(old);
    if (this.codes.size < 30 && this.until() < Number(this.dataset.last) && !this.isFetching && Date.now() > (this.nextTry ?? 0)) {
      this.isFetching = true;
      const isThrough = await this.fetch(Math.max(this.until() + 1, step));
      if (!isThrough) this.nextTry = Date.now() + TRY_AGAIN_MS;
      this.isFetching = false;
    }
    if (step === this.shown) return;
    const rows = this.codes.get(step);
    part(this, "stale").hidden = Boolean(rows);
    this.querySelector("figure").hidden = !rows;
    if (!rows) return;
    this.shown = step;
    this.draw(rows);
  }
  draw(rows) {
    const border = 4;
    const size = rows.length + 2 * border;
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
    path.setAttribute("d", rows.flatMap((row, y) => [...row].map((bit, x) => bit === "1" ? `M${x + border} ${y + border}h1v1h-1z` : "")).join(""));
    svg.append(path);
    this.querySelector("figure").replaceChildren(svg);
  }
});

/* <lms-check-in-ready>: keeps the page on the phone that takes a scanned code when there is no line. */
customElements.define("lms-check-in-ready", class extends HTMLElement {
  async connectedCallback() {
    try {
      await navigator.serviceWorker.register("/sw.js");
      const registration = await navigator.serviceWorker.ready;
      const parts = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src], .brand img")].map((each) => each.href ?? each.src);
      registration.active.postMessage({ keep: "/in/", parts });
    } catch { /* no such thing here: scanning needs a line then */ }
  }
});

/* <lms-check-in>: in place of a code's page without a line: keeps the code and its time, and sends them when there is one. */
customElements.define("lms-check-in", class extends HTMLElement {
  connectedCallback() {
    this.kept = new Kept("check-in");
    const path = location.pathname;
    if (/^\/in\/\d+\/[^/]+\/$/.test(path)) {
      this.kept.change((list) => list.some((scan) => scan.path === path) ? list : [...list, { path, at: new Date().toISOString() }]);
    }
    addEventListener("online", () => this.send());
    setInterval(() => this.send(), TRY_AGAIN_MS);
    this.say();
    this.send();
  }
  say() {
    const waits = this.kept.read().length > 0;
    part(this, "waits").hidden = !waits;
    part(this, "none").hidden = waits || part(this, "answers").children.length > 0;
  }
  /* The page may have been kept before the person signed in, and its token with it. */
  async token() {
    const page = new DOMParser().parseFromString(await (await fetch("/in/", { cache: "no-store" })).text(), "text/html");
    return page.querySelector("lms-check-in [name=csrfmiddlewaretoken]").value;
  }
  async send() {
    if (this.isSending || !this.kept.read().length) return;
    this.isSending = true;
    try {
      const token = await this.token();
      for (const { path, at } of this.kept.read()) {
        const response = await fetch(path, {
          method: "POST", redirect: "manual", body: new URLSearchParams({ at }),
          headers: { "X-CSRFToken": token, Accept: "application/json" },
        });
        part(this, "sign-in").hidden = response.type !== "opaqueredirect";
        if (response.type === "opaqueredirect" || response.status === 403 || response.status >= 500) break;
        this.kept.change((list) => list.filter((scan) => scan.path !== path));
        const { title } = await response.json().catch(() => ({}));
        if (!title) continue;
        const item = document.createElement("li");
        item.textContent = title;
        part(this, "answers").append(item);
      }
    } catch { /* no line: it waits */ }
    this.isSending = false;
    this.say();
  }
});
