/* <lms-quiz>: shows one question at a time and sends each answer as it is given. What was not acknowledged stays in
   the browser's database and is sent again, whatever happens to the line, the tab or the phone. */

const STORE = "attempts";
const BATCH = 50;
const TYPED_MS = 2000;
const TYPED_AT_MOST_MS = 10000;
const BACKOFF_MS = [2000, 30000];
const TIMEOUT_MS = 15000;

/* One record for each attempt: {attempt, user, device, seq, events, inputs, offset, fileKey, isHandedIn}. */
class Outbox {
  static async open(attempt, user) {
    const outbox = new Outbox();
    outbox.attempt = attempt;
    try {
      outbox.db = await new Promise((resolve, reject) => {
        const request = indexedDB.open("umahiri", 1);
        request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "attempt" });
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      navigator.storage?.persist?.();
    } catch { outbox.db = null; }
    outbox.record = { attempt, user, device: crypto.randomUUID(), seq: 0, events: [], inputs: {}, offset: 0 };
    await outbox.change((record) => record.user === user ? record : { ...outbox.record });
    return outbox;
  }
  /* Read, change and write in one transaction: a second tab of the same browser takes its turn. */
  async change(work) {
    if (!this.db) { this.record = work(this.record) ?? this.record; return this.record; }
    const transaction = this.db.transaction(STORE, "readwrite", { durability: "strict" });
    const store = transaction.objectStore(STORE);
    await new Promise((resolve, reject) => {
      store.get(this.attempt).onsuccess = (event) => {
        const record = event.target.result ?? this.record;
        this.record = work(record) ?? record;
        store.put(this.record);
      };
      transaction.oncomplete = resolve;
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
    return this.record;
  }
  add(event) {
    return this.change((record) => {
      record.seq += 1;
      record.events.push({ ...event, seq: record.seq });
      if (event.inputs) record.inputs[event.position] = { inputs: event.inputs, at: event.claimed_at };
    });
  }
  /* What the server has is no longer sent. A page rendered before it had it does not show it, so the time is kept. */
  received(ack, time) {
    return this.change((record) => {
      for (const { seq, position, inputs } of record.events) if (seq <= ack && inputs) record.inputs[position].at = time;
      record.events = record.events.filter((event) => event.seq > ack);
    });
  }
  async forget() {
    if (!this.db) return;
    this.db.transaction(STORE, "readwrite").objectStore(STORE).delete(this.attempt);
  }
}

customElements.define("lms-quiz", class extends HTMLElement {
  async connectedCallback() {
    if (this.outbox) return;
    this.form = this.querySelector("form");
    this.sections = [...this.querySelectorAll("[data-position]")];
    this.words = Object.fromEntries([...this.querySelector("[data-words]").content.querySelectorAll("[data-word]")]
      .map((word) => [word.dataset.word, word.textContent]));
    this.typing = new Map();
    this.refused = new Map();
    this.backoff = BACKOFF_MS[0];
    this.renderedAt = Date.parse(this.dataset.rendered);
    const rendered = this.values();
    this.outbox = await Outbox.open(this.dataset.attempt, this.dataset.user);
    /* A quick thumb answers before the phone's storage is open: that is newer than what was kept. */
    const answered = [...this.values()].filter(([each, value]) => value !== rendered.get(each)).map(([each]) => each);
    this.restore(answered);
    /* What is merely passed by is not sent: another phone may have answered it since. */
    this.shown = this.values();
    answered.forEach((each) => this.shown.set(each, rendered.get(each)));
    this.listen();
    answered.forEach((each) => this.keep(each));
    this.part("status").hidden = false;
    this.part("download").hidden = false;
    this.show(this.positionInAddress());
    this.say();
    if (this.outbox.record.isHandedIn) {
      this.lock();
      if (this.part("look")) this.look();
      this.tell(this.words.handedIn);
    }
    this.keepPage();
    await this.sayOpen();
    this.send();
  }

  part(name, inside = this) { return inside.querySelector(`[data-part="${name}"]`); }
  section(position) { return this.sections.find((each) => each.dataset.position === String(position)); }
  word(name, number) { return this.words[name].replace("%n", number); }
  now() { return new Date(Date.now() + (this.outbox.record.offset || 0)).toISOString(); }

  /* What each question shows, to see what was changed. */
  values() {
    return new Map(this.sections.filter((each) => this.part("answer", each)).map((each) => [each, JSON.stringify(this.inputs(each))]));
  }
  /* What this browser has and the page, which may be older, does not show. */
  restore(except) {
    const waiting = new Set(this.outbox.record.events.map((event) => event.position));
    for (const [position, { inputs, at }] of Object.entries(this.outbox.record.inputs)) {
      const section = this.section(position);
      if (!section || except.includes(section) || !this.part("answer", section)) continue;
      if (waiting.has(Number(position)) || Date.parse(at) > this.renderedAt) this.fill(section, inputs);
    }
  }
  /* What was taken in before; the box to choose files from shows only what was chosen last. */
  showFiles(section) {
    const field = section.querySelector("input[type=file]");
    if (!field) return;
    const shown = this.part("files", section) ?? document.createElement("p");
    shown.dataset.part = "files";
    shown.className = "small";
    const files = JSON.parse(section.querySelector("input[type=hidden][name$=-value]").value || "[]");
    shown.textContent = files.map((each) => `✓ ${each.name}`).join(", ");
    field.after(shown);
  }
  fill(section, inputs) {
    const left = new Map();
    for (const [name, value] of inputs) left.set(name, [...(left.get(name) ?? []), value]);
    for (const field of this.part("answer", section).querySelectorAll("input, select, textarea")) {
      const values = left.get(field.name) ?? [];
      if (field.type === "file" || field.name.endsWith("-was")) continue;
      if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
      else if (field.multiple) for (const option of field.options) option.selected = values.includes(option.value);
      else field.value = values.shift() ?? "";
    }
    this.showFiles(section);
    section.dispatchEvent(new CustomEvent("lms-filled", { bubbles: true }));
  }
  inputs(section) {
    const fields = [...this.part("answer", section).querySelectorAll("input, select, textarea")];
    return fields.flatMap((field) => {
      if (!field.name || field.type === "file") return [];
      if ((field.type === "radio" || field.type === "checkbox") && !field.checked) return [];
      if (field.multiple) return [...field.selectedOptions].map((option) => [field.name, option.value]);
      return [[field.name, field.value]];
    });
  }

  listen() {
    this.form.addEventListener("input", (event) => this.changed(event));
    this.form.addEventListener("change", (event) => this.changed(event));
    this.form.addEventListener("submit", (event) => this.pressed(event));
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("lms-timeup", (event) => { event.preventDefault(); this.timeUp(); });
    addEventListener("hashchange", () => this.show(this.positionInAddress()));
    addEventListener("online", () => { this.backoff = BACKOFF_MS[0]; this.send(); });
    addEventListener("offline", () => { this.isOnline = false; this.say(); });
    addEventListener("pagehide", () => this.leave());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.leave(); else this.send();
    });
    this.wireBeat = setInterval(() => { if (this.outbox.record.events.length) this.send(); }, BACKOFF_MS[1]);
  }
  changed(event) {
    const field = event.target;
    const section = field.closest("[data-position]");
    if (!section || this.isLocked) return;
    if (field.type === "file") { if (event.type === "change") this.upload(section, field); return; }
    if ("flag" in field.dataset) {
      this.add({ type: "flag", position: Number(section.dataset.position), value: field.checked });
      return;
    }
    const isTyped = field.matches("textarea, input:not([type]), input[type=text], input[type=number]");
    const typed = this.typing.get(section) ?? { since: Date.now() };
    clearTimeout(typed.timer);
    const wait = isTyped ? Math.min(TYPED_MS, Math.max(0, typed.since + TYPED_AT_MOST_MS - Date.now())) : 0;
    typed.timer = setTimeout(() => this.keep(section), wait);
    this.typing.set(section, typed);
  }
  async keep(section, type = "answer") {
    clearTimeout(this.typing.get(section)?.timer);
    this.typing.delete(section);
    if (!this.part("answer", section)) return;
    const inputs = this.inputs(section);
    const position = Number(section.dataset.position);
    const now = JSON.stringify(inputs);
    if (type === "answer" && this.shown.get(section) === now) return;
    this.shown.set(section, now);
    await this.add({ type, position, inputs });
  }
  /* What is still being typed is kept before anything else happens. */
  async keepTyped() { await Promise.all([...this.typing.keys()].map((section) => this.keep(section))); }
  async add(event) {
    try {
      await this.outbox.add({ ...event, claimed_at: this.now() });
    } catch {
      this.outbox.db = null;  /* the phone's storage is full or shut: go on in memory, and say so */
      await this.outbox.add({ ...event, claimed_at: this.now() });
    }
    this.say();
    this.send();
  }

  async pressed(event) {
    const button = event.submitter;
    if (this.hasAttribute("data-one-way")) {
      if (this.isSubmitting) return;
      event.preventDefault();
      await this.goOn(button);
      return;
    }
    event.preventDefault();
    const section = button.closest("[data-position]");
    if (button.name === "check") { await this.check(section); return; }
    await this.keep(section);
    const next = this.sections[this.sections.indexOf(section) + 1];
    if (next) this.go(next.dataset.position); else this.look();
  }
  /* Forward only: the next question comes from the server, so this one has to arrive first. */
  async goOn(button) {
    await this.keepTyped();
    await this.send();
    if (this.outbox.record.events.length) { this.tell(this.words.checkOffline); return; }
    this.isSubmitting = true;
    this.form.requestSubmit(button);
  }
  async check(section) {
    await this.keep(section, "check");
    await this.send();
    if (this.outbox.record.events.length) { this.tell(this.words.checkOffline); return; }
    location.hash = `question-${section.dataset.position}`;
    location.reload();
  }
  clicked(event) {
    const link = event.target.closest("a, button");
    if (!link) return;
    const section = link.closest("[data-position]");
    if ("go" in link.dataset) { event.preventDefault(); this.go(link.dataset.go); }
    if ("back" in link.dataset) this.go(this.sections[this.sections.indexOf(section) - 1].dataset.position);
    if ("overviewLink" in link.dataset) { event.preventDefault(); this.look(); }
    if ("download" in link.dataset) this.download();
    if ("handIn" in link.dataset) this.handIn();
  }

  positionInAddress() { return location.hash.match(/^#question-(\d+)$/)?.[1] ?? this.sections[0].dataset.position; }
  go(position) {
    this.keepTyped();
    history.pushState(null, "", `#question-${position}`);
    this.show(position);
    this.section(position).focus();
  }
  show(position) {
    const shown = this.section(position) ?? this.sections[0];
    if (this.overview) this.overview.hidden = true;
    this.form.hidden = false;
    if (this.part("look")) this.part("look").hidden = false;
    this.sections.forEach((section, number) => {
      section.hidden = section !== shown;
      section.querySelector("[data-back]").hidden = number === 0;
    });
    for (const link of this.querySelectorAll("[data-go]")) {
      if (link.dataset.go === shown.dataset.position) link.setAttribute("aria-current", "step");
      else link.removeAttribute("aria-current");
    }
  }
  isAnswered(section) {
    if (!this.part("answer", section)) return true;
    return this.inputs(section).some(([name, value]) => value.trim() && value !== "[]" && !/-(was|certainty|unit|drop)$/.test(name));
  }

  /* The overview is made here, for the line may be gone when one wants to hand in. */
  async look() {
    await this.keepTyped();
    this.overview?.remove();
    const missing = this.sections.filter((section) => !this.isAnswered(section));
    const list = document.createElement("ul");
    list.className = "steps";
    for (const section of this.sections) {
      const position = section.dataset.position;
      const link = document.createElement("a");
      link.href = `#question-${position}`;
      link.dataset.go = position;
      const mark = document.createElement("span");
      mark.className = this.isAnswered(section) ? "mark done" : "mark";
      mark.setAttribute("aria-hidden", "true");
      mark.textContent = this.isAnswered(section) ? "✓" : "";
      const what = document.createElement("span");
      what.className = "what";
      what.textContent = this.word("question", position) + (section.querySelector("[data-flag]")?.checked ? " ⚑" : "");
      const state = document.createElement("span");
      state.className = "kind";
      state.dataset.stateOf = position;
      link.append(mark, what, state);
      const item = document.createElement("li");
      item.append(link);
      list.append(item);
    }
    this.overview = document.createElement("section");
    this.overview.className = "stack";
    this.overview.tabIndex = -1;
    const title = document.createElement("h2");
    title.textContent = this.words.lookOver;
    const button = document.createElement("button");
    button.className = "button";
    button.type = "button";
    button.dataset.handIn = "";
    button.textContent = this.words.handIn;
    this.overview.append(title);
    if (missing.length) this.overview.append(this.note("warning", this.word("missing", missing.length)));
    this.overview.append(list);
    if (this.others) this.overview.append(this.note("warning", this.words.other));
    const offline = this.note("warning", this.words.handInOffline);
    offline.dataset.part = "offline";
    const final = document.createElement("p");
    final.textContent = this.words.final;
    this.overview.append(offline);
    if (!this.isLocked) this.overview.append(final, button);
    this.form.hidden = this.part("look").hidden = true;
    this.querySelector(".question-list [aria-current]")?.removeAttribute("aria-current");
    this.form.after(this.overview);
    this.say();
    this.overview.focus();
  }
  note(kind, text) {
    const note = document.createElement("p");
    note.className = `notice ${kind}`;
    note.textContent = text;
    return note;
  }
  async handIn() {
    if (this.isLocked) return;
    await this.keepTyped();
    this.lock();
    await this.outbox.change((record) => { record.isHandedIn = true; });
    await this.add({ type: "submit", value: { answers: this.sections.filter((each) => this.isAnswered(each)).length } });
    await this.send();
    if (this.outbox.record.events.length) this.tell(this.words.handedIn);
  }
  async timeUp() {
    if (this.isLocked) return;
    await this.handIn();
    this.tell(this.words.timeUp);
  }
  lock() {
    this.isLocked = true;
    for (const field of this.querySelectorAll("form input, form select, form textarea, form button, [data-hand-in]")) field.disabled = true;
  }

  token() { return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? this.form.querySelector("[name=csrfmiddlewaretoken]").value; }
  async post(url, body, keepalive = false) {
    const response = await fetch(url, {
      method: "POST", keepalive, body: JSON.stringify(body), signal: keepalive ? undefined : AbortSignal.timeout(TIMEOUT_MS),
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.token() },
    });
    const told = await response.json().catch(() => ({}));
    return { ok: response.ok, status: response.status, told };
  }
  async sayOpen() {
    const started = Date.now();
    try {
      const { ok, status, told } = await this.post(this.dataset.open, { device: this.outbox.record.device, user_agent: navigator.userAgent.slice(0, 200) });
      this.isOnline = true;
      if (!ok) { this.answeredWith(status, told); return false; }
      if (this.isSignedOut) { this.isSignedOut = false; this.part("problems").replaceChildren(); }
      const middle = (started + Date.now()) / 2;
      await this.outbox.change((record) => {
        record.offset = Date.parse(told.server_time) - middle;
        record.fileKey = told.file_key;
        record.seq = Math.max(record.seq, told.ack);
      });
      await this.outbox.received(told.ack, told.server_time);
      this.isOpen = true;
      this.others = told.others;
      this.setTimer(told.deadline);
      if (told.others) this.tell(this.words.other);
      if (told.state !== "in_progress" && !this.outbox.record.events.length) this.finish(this.dataset.review);
    } catch { this.isOnline = false; }
    this.say();
    return this.isOpen;
  }
  setTimer(deadline) {
    const timer = this.querySelector("lms-timer");
    if (timer && deadline) timer.restart?.((Date.parse(deadline) - Date.now() - this.outbox.record.offset) / 1000);
  }
  /* One request at a time, also among the tabs of this browser; what comes meanwhile goes with the next. */
  send() {
    this.sending ??= this.sendAll().finally(() => { this.sending = null; this.say(); });
    return this.sending;
  }
  async sendAll() {
    clearTimeout(this.retry);
    if (!this.isOpen && !(await this.sayOpen())) { this.later(); return; }
    while (this.outbox.record.events.length) {
      const events = this.outbox.record.events.slice(0, BATCH);
      let reply;
      try {
        reply = await this.post(this.dataset.events, { device: this.outbox.record.device, events });
        this.isOnline = true;
      } catch { this.isOnline = false; this.later(); return; }
      if (!reply.ok) { this.answeredWith(reply.status, reply.told); this.later(); return; }
      this.backoff = BACKOFF_MS[0];
      if (this.isSignedOut) { this.isSignedOut = false; this.part("problems").replaceChildren(); }
      await this.took(events, reply.told);
      if (reply.told.state === "submitted" || reply.told.state === "scored") { this.finish(reply.told.url); return; }
    }
  }
  async took(events, told) {
    await this.outbox.received(told.ack, told.server_time);
    for (const event of events) if (told.refused[event.seq]) this.refused.set(event.position, told.refused[event.seq]);
    for (const [position, sentence] of Object.entries(told.remarks)) {
      this.remark(this.section(position), sentence);
    }
    if (told.others && !this.others) this.tell(this.words.other);
    this.others = told.others;
    this.say();
  }
  remark(section, sentence) {
    const remark = this.part("remark", section);
    if (remark) { remark.textContent = sentence; remark.hidden = !sentence; }
  }
  /* The wait grows with tries of its own accord alone: answers given meanwhile try too, and must not lengthen it. */
  later() {
    this.retry = setTimeout(() => {
      this.backoff = Math.min(this.backoff * 2, BACKOFF_MS[1]);
      this.send();
    }, this.backoff * (0.5 + Math.random()));
    this.say();
  }
  answeredWith(status, told) {
    if (status === 401 || status === 403) {
      if (this.isSignedOut) return;
      this.isSignedOut = true;
      const link = document.createElement("a");
      link.href = `${this.dataset.signIn}?next=${encodeURIComponent(location.pathname)}`;
      link.textContent = this.words.signInLink;
      const note = this.note("warning", `${this.words.signIn} `);
      note.append(link);
      this.part("problems").replaceChildren(note);
    } else if (told.title) this.tell(told.title);
  }
  leave() {
    if (!this.typing.size && !this.outbox.record.events.length) return;
    this.keepTyped().then(() => {
      const events = this.outbox.record.events.slice(0, BATCH);
      if (events.length && this.isOpen) this.post(this.dataset.events, { device: this.outbox.record.device, events }, true).catch(() => {});
    });
  }
  async finish(url) {
    clearInterval(this.wireBeat);
    await this.outbox.forget();
    navigator.serviceWorker?.controller?.postMessage({ forget: location.pathname });
    location.href = url;
  }

  async upload(section, field) {
    const file = field.files[0];
    if (!file) return;
    const state = this.part("state", section);
    state.textContent = this.words.uploading;
    const body = new FormData();
    body.append("file", file);
    try {
      const response = await fetch(`files/${section.dataset.position}/`, { method: "POST", body, headers: { "X-CSRFToken": this.token() } });
      const told = await response.json();
      if (!response.ok) { this.remark(section, told.title); field.value = ""; this.say(); return; }
      this.remark(section, "");
      const list = section.querySelector("input[type=hidden][name$=-value]");
      const most = Number(field.dataset.maxFiles || 1);
      const there = JSON.parse(list.value || "[]").filter((each) => each.sha256 !== told.sha256);
      list.value = JSON.stringify([...there, told].slice(-most));
      this.showFiles(section);
      await this.keep(section);
    } catch { this.remark(section, this.words.uploadFailed); field.value = ""; this.say(); }
  }

  /* What is here, what the server has, and what does not count: for every question, and in one line for all. */
  say() {
    const waiting = this.outbox.record.events.filter((event) => event.type !== "away");
    const positions = new Set(waiting.map((event) => event.position));
    const summary = waiting.length ? this.word(this.isOnline === false ? "waiting" : "sending", positions.size) : this.words.saved;
    if (this.part("summary").textContent !== summary) this.part("summary").textContent = summary;
    this.part("status").classList.toggle("waits", waiting.length > 0);
    for (const section of this.sections) {
      const position = Number(section.dataset.position);
      const state = this.part("state", section);
      const link = this.querySelector(`.question-list [data-go="${position}"]`);
      const isAnswered = this.isAnswered(section);
      if (this.refused.has(position)) state.textContent = `${this.words.refused}: ${this.refused.get(position)}`;
      else if (positions.has(position)) state.textContent = this.words.here;
      else state.textContent = isAnswered ? this.words.kept : "";
      const row = this.overview?.querySelector(`[data-state-of="${position}"]`);
      if (row) row.textContent = isAnswered ? state.textContent : this.words.noAnswer;
      if (!link) continue;
      link.classList.toggle("done", isAnswered);
      link.classList.toggle("flagged", Boolean(section.querySelector("[data-flag]")?.checked));
    }
    const offline = this.overview && this.part("offline", this.overview);
    if (offline) offline.hidden = this.isOnline !== false || Boolean(this.isLocked);
    if (!this.outbox.db && !this.toldStorage) { this.toldStorage = true; this.tell(this.words.noStorage); }
  }
  tell(sentence) { this.part("problems").replaceChildren(this.note("warning", sentence)); }

  /* The last resort: what waits here, signed, for the trainer to bring to the server. */
  async download() {
    await this.keepTyped();
    const { attempt, device, events, fileKey } = this.outbox.record;
    const payload = JSON.stringify({ format: "umahiri-answers-1", attempt, device, events });
    const bytes = Uint8Array.from((fileKey || "").match(/../g) ?? [], (pair) => parseInt(pair, 16));
    const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const seal = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(payload));
    const signature = [...new Uint8Array(seal)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify({ payload, signature })], { type: "application/json" }));
    link.download = `answers-${attempt}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }
  /* The page itself is kept for when the tab is killed while there is no line. */
  async keepPage() {
    if (!("serviceWorker" in navigator)) return;
    const isKept = Boolean(navigator.serviceWorker.controller);  /* then the worker itself fetched this page */
    try {
      await navigator.serviceWorker.register("/sw.js");
      const worker = (await navigator.serviceWorker.ready).active;
      const parts = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src], main img[src]")];
      worker.postMessage({ keep: isKept ? "" : location.pathname, parts: parts.map((part) => part.href || part.src) });
    } catch { /* a browser that shuts workers out still has the outbox */ }
  }
});
