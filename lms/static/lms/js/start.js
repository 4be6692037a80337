/* <lms-start data-seconds data-spread>: opens the start button when the quiz opens, each phone a little later. */
customElements.define("lms-start", class extends HTMLElement {
  connectedCallback() {
    const button = document.getElementById("start");
    button.disabled = true;
    const wait = Number(this.dataset.seconds) + Math.random() * Number(this.dataset.spread);
    setTimeout(() => { button.disabled = false; this.hidden = true; button.focus(); }, wait * 1000);
  }
});
