/* <lms-resume data-url>: tells the server which block is at the top, so that a reader resumes exactly there, and how
   many seconds the page was in front since it was last told. The form that completes the lesson brings the rest. */
const LEAST_SECONDS = 5;
customElements.define("lms-resume", class extends HTMLElement {
  connectedCallback() {
    this.seen = null;
    this.seconds = 0;
    this.since = document.hidden ? null : performance.now();
    this.observer = new IntersectionObserver((entries) => {
      for (const entry of entries) if (entry.isIntersecting) this.note(entry.target.id.slice(2));
    }, { rootMargin: "0px 0px -70% 0px" });
    this.querySelectorAll("[data-block]").forEach((block) => this.observer.observe(block));
    document.addEventListener("visibilitychange", () => {
      this.count();
      if (document.hidden) this.send(LEAST_SECONDS);
    });
    addEventListener("pagehide", () => this.send(LEAST_SECONDS));
    document.querySelector("form[data-active]")?.addEventListener("submit", (event) => {
      const field = Object.assign(document.createElement("input"), { type: "hidden", name: "active", value: this.take() });
      event.target.append(field);
    });
  }
  count() {
    if (this.since !== null) this.seconds += (performance.now() - this.since) / 1000;
    this.since = document.hidden ? null : performance.now();
  }
  take() {
    this.count();
    const whole = Math.floor(this.seconds);
    this.seconds -= whole;
    return whole;
  }
  note(position) {
    if (position === this.seen) return;
    this.seen = position;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), 1500);
  }
  send(least = Infinity) {
    this.count();
    if (!this.seen || (this.seen === this.sent && this.seconds < least)) return;
    this.sent = this.seen;
    const active = this.take();
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    fetch(this.dataset.url, {
      method: "POST", keepalive: true, headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify({ position: this.sent, active }),
    }).catch(() => { this.sent = null; this.seconds += active; });
  }
});
