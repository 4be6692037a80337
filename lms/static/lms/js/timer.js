/* <lms-timer data-seconds data-five data-one>: counts down, says aloud when five and one minutes are left; the server's own deadline decides. */
customElements.define("lms-timer", class extends HTMLElement {
  connectedCallback() {
    this.clock = document.createElement("strong");
    this.voice = document.createElement("span");
    this.clock.setAttribute("aria-hidden", "true");
    this.voice.setAttribute("role", "status");
    this.voice.className = "visually-hidden";
    this.append(" ", this.clock, this.voice);
    this.restart(Number(this.dataset.seconds));
  }
  restart(seconds) {
    clearInterval(this.timer);
    this.end = performance.now() + seconds * 1000;
    this.timer = setInterval(() => this.tick(), 1000);
    this.tick();
  }
  tick() {
    const left = Math.max(0, Math.round((this.end - performance.now()) / 1000));
    this.clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (left === 300) this.voice.textContent = this.dataset.five;
    if (left === 60) this.voice.textContent = this.dataset.one;
    if (left > 0) return;
    clearInterval(this.timer);
    const isLeftToUs = this.dispatchEvent(new CustomEvent("lms-timeup", { bubbles: true, cancelable: true }));
    if (isLeftToUs) document.querySelector("main form button")?.click();
  }
  disconnectedCallback() { clearInterval(this.timer); }
});
