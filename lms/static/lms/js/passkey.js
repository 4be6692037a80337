/* <lms-passkey action="create|get">: a form whose button has the browser make or use a passkey first.

   What the server asks for is in the JSON beside the form, or fetched from the form's address. */

class Passkey extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.told = this.querySelector("[role=status]");
    this.hidden = !window.PublicKeyCredential;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#ask();
    });
  }

  async #options() {
    const here = this.querySelector("script[type='application/json']");
    if (here) return JSON.parse(here.textContent);
    const answer = await fetch(this.form.action, { headers: { Accept: "application/json" } });
    return answer.json();
  }

  async #ask() {
    this.told.textContent = "";
    try {
      const { creation_options: creation, request_options: request } = await this.#options();
      if (creation) Object.assign(creation.publicKey.authenticatorSelection, { residentKey: "required", requireResidentKey: true });
      const answer = creation ? await webauthnJSON.create(creation) : await webauthnJSON.get(request);
      this.form.elements.credential.value = JSON.stringify(answer);
      this.form.submit();
    } catch {
      this.told.textContent = this.getAttribute("failed");
    }
  }
}

customElements.define("lms-passkey", Passkey);
