/* <lms-live id data-seconds>: takes its own content from a new copy of the page every so many seconds, while somebody
   looks at it and has not moved into it by keyboard. Without JavaScript the page is as it was when it was opened. */
customElements.define("lms-live", class extends HTMLElement {
  connectedCallback() {
    this.timer = setInterval(() => this.renew(), Number(this.dataset.seconds) * 1000);
  }
  disconnectedCallback() { clearInterval(this.timer); }
  async renew() {
    if (document.hidden || this.contains(document.activeElement)) return;
    try {
      const answer = await fetch(location.href, { redirect: "error" });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.getElementById(this.id);
      if (next && next.innerHTML !== this.innerHTML) this.replaceChildren(...next.childNodes);
    } catch { /* the line is down: the next time */ }
  }
});
