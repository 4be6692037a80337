/* <lms-refresh data-url data-seconds>: puts the newest state of a part of the page in its place; a button stops it. */
customElements.define("lms-refresh", class extends HTMLElement {
  connectedCallback() {
    this.content = this.querySelector("[data-part=content]");
    this.button = this.querySelector("[data-part=pause]");
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.toggle());
    this.start();
  }
  disconnectedCallback() { clearInterval(this.timer); }
  start() { this.timer = setInterval(() => this.look(), Number(this.dataset.seconds) * 1000); }
  toggle() {
    if (this.timer) {
      clearInterval(this.timer);
      this.timer = null;
    } else {
      this.look();
      this.start();
    }
    this.button.textContent = this.timer ? this.button.dataset.stop : this.button.dataset.go;
  }
  async look() {
    if (document.hidden || this.isLooking) return;
    this.isLooking = true;
    try {
      const answer = await fetch(this.dataset.url);
      if (answer.redirected) location.reload(); // signed out meanwhile
      else if (answer.ok) this.show(await answer.text());
    } catch { /* the line is down: look again later */ }
    this.isLooking = false;
  }
  /* What is open stays open, and what has the focus keeps it. */
  show(html) {
    const places = (what) => [...this.content.querySelectorAll(what)];
    const inner = "a[href], summary, [tabindex]";
    const open = places("details").map((fold) => fold.open);
    const focused = places(inner).indexOf(document.activeElement);
    const address = document.activeElement.getAttribute?.("href");
    this.content.innerHTML = html;
    places("details").forEach((fold, place) => { fold.open = open[place]; });
    if (focused < 0) return;
    const same = places("a[href]").find((link) => link.getAttribute("href") === address);
    (address ? same : places(inner)[focused])?.focus({ preventScroll: true });
  }
});
