/** The form that asks for an API key. */

import { element } from "./elements.js";

let pending = null;

/** Asks for a key; requests that need one at the same time share the form. */
export function askForKey(message) {
  pending ??= open(message).finally(() => {
    pending = null;
  });
  return pending;
}

function open(message) {
  return new Promise((resolve) => {
    const input = element("input", {
      id: "key",
      type: "password",
      autocomplete: "off",
      spellcheck: "false",
      required: true,
    });
    const submit = (event) => {
      event.preventDefault();
      const key = input.value.trim();
      if (!key) return;
      dialog.close();
      dialog.remove();
      resolve(key);
    };
    const dialog = element(
      "dialog",
      // Without a key nothing can be shown, so the form does not go away.
      { "aria-labelledby": "key-title", oncancel: (event) => event.preventDefault() },
      element("h2", { id: "key-title" }, "API key"),
      element("p", { role: "alert" }, message ?? "This service asks for a key."),
      element(
        "form",
        { onsubmit: submit, class: "stack" },
        element("label", { for: "key" }, "Key"),
        input,
        element("p", { class: "hint" }, "It is kept in this tab only, until you close it."),
        element("button", { class: "primary" }, "Continue"),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}
