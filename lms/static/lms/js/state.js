/* <lms-state data-url data-seconds data-version data-part data-follow>: asks how something stands on the server and
   says it in the elements with `data-says`. When more changed than the words, the part of the page with the id
   `data-part` is taken from a new copy of it; where the answer leads on, and `data-follow` is set, goes there. */
const AFTER_A_FAULT_S = 10;
customElements.define("lms-state", class extends HTMLElement {
  connectedCallback() {
    this.wait(Number(this.dataset.seconds));
    this.back = () => { if (!document.hidden) this.look(); };
    document.addEventListener("visibilitychange", this.back);
  }
  wait(seconds) {
    clearTimeout(this.timer);
    if (seconds) this.timer = setTimeout(() => this.look(), seconds * 1000);
  }
  async look() {
    clearTimeout(this.timer);
    if (document.hidden) return;  /* asks again when somebody looks */
    let seconds = AFTER_A_FAULT_S;
    try {
      const answer = await fetch(this.dataset.url, { headers: { Accept: "application/json" }, redirect: "manual" });
      if (answer.type === "opaqueredirect" || answer.status === 404) return;
      if (answer.ok) {
        const told = await answer.json();
        if (told.next && "follow" in this.dataset) return location.assign(told.next);
        await this.tell(told);
        seconds = told.seconds;
      }
    } catch { /* the line is down: look again later */ }
    if (this.isConnected) this.wait(seconds);
  }
  async tell(told) {
    if (this.dataset.part && told.version !== this.dataset.version) await this.renew();
    this.dataset.version = told.version;
    for (const element of this.querySelectorAll("[data-says]")) {
      const words = told[element.dataset.says];
      if (element.textContent !== words) element.textContent = words;  /* else it would be read out again */
    }
  }
  async renew() {
    const answer = await fetch(location.href, { redirect: "manual" });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = document.getElementById(this.dataset.part), next = page.getElementById(this.dataset.part);
    if (!next) return location.reload();
    const focused = now.contains(document.activeElement) ? document.activeElement.id : "";
    now.replaceChildren(...next.childNodes);
    if (focused) document.getElementById(focused)?.focus();
  }
  disconnectedCallback() {
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.back);
  }
});
