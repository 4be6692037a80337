/* <lms-timer data-seconds data-five data-one>: counts down, says aloud when five and one minutes are left; the server's own deadline decides. */
customElements.define("lms-timer", class extends HTMLElement {
  connectedCallback() {
    const end = performance.now() + Number(this.dataset.seconds) * 1000;
    const clock = document.createElement("strong");
    const voice = document.createElement("span");
    clock.setAttribute("aria-hidden", "true");
    voice.setAttribute("role", "status");
    voice.className = "visually-hidden";
    this.append(" ", clock, voice);
    const tick = () => {
      const left = Math.max(0, Math.round((end - performance.now()) / 1000));
      clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      if (left === 300) voice.textContent = this.dataset.five;
      if (left === 60) voice.textContent = this.dataset.one;
      if (left === 0) { clearInterval(this.timer); document.querySelector("form button")?.click(); }
    };
    tick();
    this.timer = setInterval(tick, 1000);
  }
  disconnectedCallback() { clearInterval(this.timer); }
});
