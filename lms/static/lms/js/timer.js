/* <lms-timer data-seconds>: counts down; the server's own deadline decides. */
customElements.define("lms-timer", class extends HTMLElement {
  connectedCallback() {
    const end = performance.now() + Number(this.dataset.seconds) * 1000;
    const clock = document.createElement("strong");
    this.append(" ", clock);
    const tick = () => {
      const left = Math.max(0, Math.round((end - performance.now()) / 1000));
      clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      if (left === 0) { clearInterval(this.timer); document.querySelector("form button")?.click(); }
    };
    tick();
    this.timer = setInterval(tick, 1000);
  }
  disconnectedCallback() { clearInterval(this.timer); }
});
