/* Wagtail's editor posts a new page when it saves by itself, and once more when the author presses a button meanwhile:
   the page is made twice. Here the button waits until the draft is kept, and then works on that draft. */
const saving = new WeakSet();

document.addEventListener("w-autosave:save", (event) => {
  if (!event.defaultPrevented) saving.add(event.target);
});

for (const end of ["w-autosave:success", "w-autosave:error"])
  document.addEventListener(end, (event) => {
    const form = event.target;
    saving.delete(form);
    form.dispatchEvent(new CustomEvent("lms-kept"));
  });

window.addEventListener("submit", (event) => {
  const form = event.target;
  if (!saving.has(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const pressed = event.submitter;
  form.addEventListener("lms-kept", () => {
    if (pressed?.name) {
      // the button itself is disabled by now, or was drawn anew with the kept draft
      const action = document.createElement("input");
      Object.assign(action, { type: "hidden", name: pressed.name, value: pressed.value });
      form.append(action);
    }
    form.requestSubmit();
  }, { once: true });
}, true);
