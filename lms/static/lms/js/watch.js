/* <lms-watch>: looks every two seconds how far the work on the server is; loads the page anew when it is done. */
customElements.define("lms-watch", class extends HTMLElement {
  connectedCallback() { this.wait(); }
  wait() { this.timer = setTimeout(() => this.look(), 2000); }
  async look() {
    try {
      const answer = await fetch(location.href);
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const next = page.querySelector("lms-watch");
        if (!next) return location.reload();
        this.replaceChildren(...next.childNodes);
      }
    } catch { /* the line is down: look again later */ }
    if (this.isConnected) this.wait();
  }
  disconnectedCallback() { clearTimeout(this.timer); }
});
