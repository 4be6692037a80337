/* <lms-order data-up data-down>: buttons and dragging that set the very lists of places that work without them. */
customElements.define("lms-order", class extends HTMLElement {
  connectedCallback() {
    const list = this.querySelector("ol");
    this.rows = () => [...list.children];
    this.voice = document.createElement("span");
    this.voice.setAttribute("role", "status");
    this.voice.className = "visually-hidden";
    this.append(this.voice);
    this.sort();
    this.closest("[data-position]")?.addEventListener("lms-filled", () => this.sort());
    for (const row of this.rows()) {
      const name = row.querySelector("label").textContent.trim();
      for (const [word, sign, step] of [[this.dataset.up, "↑", -1], [this.dataset.down, "↓", 1]]) {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = sign;
        button.setAttribute("aria-label", `${word}: ${name}`);
        button.addEventListener("click", () => this.move(row, step, button));
        row.querySelector(".row").append(button);
      }
      row.draggable = true;
      row.addEventListener("dragstart", (event) => { this.dragged = row; event.dataTransfer.setData("text/plain", name); });
      row.addEventListener("dragover", (event) => { if (this.dragged) event.preventDefault(); });
      row.addEventListener("drop", (event) => {
        event.preventDefault();
        const rows = this.rows();
        if (!this.dragged || this.dragged === row) return;
        if (rows.indexOf(this.dragged) < rows.indexOf(row)) row.after(this.dragged); else row.before(this.dragged);
        this.number(this.dragged);
      });
      row.addEventListener("dragend", () => { this.dragged = null; });
      this.place(row).addEventListener("change", (event) => {
        if (event.isTrusted) row.toggleAttribute("data-out", !event.target.value);
      });
    }
  }
  place(row) { return row.querySelector("select"); }
  sort() {
    const key = (row) => Number(this.place(row).value) || Infinity;
    const rows = this.rows();
    if (rows.some((row) => key(row) < Infinity)) {
      rows.sort((one, other) => (key(one) === key(other) ? 0 : key(one) - key(other)));
      rows[0].parentElement.append(...rows);
      for (const row of rows) row.toggleAttribute("data-out", key(row) === Infinity);
    }
  }
  move(row, step, button) {
    const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (other) { if (step < 0) other.before(row); else other.after(row); }
    this.number(row);
    button.focus();
  }
  number(moved) {
    moved.removeAttribute("data-out");
    let next = 0;
    for (const row of this.rows()) if (!row.hasAttribute("data-out")) {
      this.place(row).value = String(++next);
      this.place(row).dispatchEvent(new Event("change", { bubbles: true }));
    }
    this.voice.textContent = `${moved.querySelector("label").textContent.trim()}: ${this.place(moved).value}`;
  }
});

/* <lms-place>: words dragged into the very lists that work without dragging. */
customElements.define("lms-place", class extends HTMLElement {
  connectedCallback() {
    for (const word of this.querySelectorAll("[data-value]")) {
      word.draggable = true;
      word.addEventListener("dragstart", (event) => event.dataTransfer.setData("text/plain", word.dataset.value));
    }
    for (const select of this.querySelectorAll("select")) {
      select.addEventListener("dragover", (event) => event.preventDefault());
      select.addEventListener("drop", (event) => {
        event.preventDefault();
        const value = event.dataTransfer.getData("text/plain");
        if ([...select.options].some((option) => option.value === value)) { select.value = value; select.dispatchEvent(new Event("change", { bubbles: true })); }
      });
    }
  }
});
