/* <lms-resume data-url>: tells the server which block is at the top, so that a reader resumes exactly there. */
customElements.define("lms-resume", class extends HTMLElement {
  connectedCallback() {
    this.seen = null;
    this.observer = new IntersectionObserver((entries) => {
      for (const entry of entries) if (entry.isIntersecting) this.note(entry.target.id.slice(2));
    }, { rootMargin: "0px 0px -70% 0px" });
    this.querySelectorAll("[data-block]").forEach((block) => this.observer.observe(block));
    addEventListener("pagehide", () => this.send());
  }
  note(position) {
    if (position === this.seen) return;
    this.seen = position;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), 1500);
  }
  send() {
    if (!this.seen || this.seen === this.sent) return;
    this.sent = this.seen;
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    fetch(this.dataset.url, {
      method: "POST", keepalive: true, headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify({ position: this.sent }),
    }).catch(() => { this.sent = null; });
  }
});
