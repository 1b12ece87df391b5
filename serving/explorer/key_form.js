/** The form that asks for an API key. */

import { ApiError } from "./api_error.js";
import { element } from "./elements.js";

let pending = null;

/**
 * Asks for a key; requests that need one at the same time share the form. It fails with the
 * service's message if the form is closed without one.
 */
export function askForKey(message = "This service asks for a key.") {
  pending ??= open(message).finally(() => {
    pending = null;
  });
  return pending;
}

function open(message) {
  return new Promise((resolve, reject) => {
    const input = element("input", {
      id: "key",
      type: "password",
      autocomplete: "off",
      spellcheck: "false",
      required: true,
      oninput: () => check(),
    });
    // What a header cannot carry, as a dash or a quote that an editor has made finer.
    const check = () =>
      input.setCustomValidity(
        /^[\x21-\x7e]+$/.test(input.value.trim())
          ? ""
          : "A key has only letters, digits and signs of ASCII, and no spaces between them.",
      );
    const submit = (event) => {
      event.preventDefault();
      resolve(input.value.trim());
      dialog.close();
    };
    const closed = () => {
      dialog.remove();
      reject(new ApiError(message, "no_key")); // Without effect where there was a key.
    };
    const dialog = element(
      "dialog",
      { "aria-labelledby": "key-title", onclose: closed },
      element("h2", { id: "key-title" }, "API key"),
      element("p", { role: "alert" }, message),
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
