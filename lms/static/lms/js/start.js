/* <lms-start data-seconds>: opens the start button when the quiz opens, each phone a little later than the other. */
const SPREAD_MS = 45000;
customElements.define("lms-start", class extends HTMLElement {
  connectedCallback() {
    const button = document.getElementById("start");
    button.disabled = true;
    const wait = Number(this.dataset.seconds) * 1000 + Math.random() * SPREAD_MS;
    setTimeout(() => { button.disabled = false; this.hidden = true; button.focus(); }, wait);
  }
});
