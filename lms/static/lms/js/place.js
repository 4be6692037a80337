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
