/** What a part of the page shows while, and when, its data does not come. */

import { ApiError } from "./api_error.js";
import { button, element } from "./elements.js";

/**
 * Fills a part of the page with what `load` promises. A failure is told, with a button to
 * try again. An answer that comes after `signal` was aborted is dropped.
 */
export async function fill(container, load, render, signal) {
  container.setAttribute("aria-busy", "true");
  if (!container.hasChildNodes()) container.append(loading());
  try {
    const content = await render(await load());
    if (signal?.aborted) return;
    container.replaceChildren(...[content].flat().filter(Boolean));
  } catch (error) {
    if (signal?.aborted || error.name === "AbortError") return;
    if (!(error instanceof ApiError)) reportError(error);
    container.replaceChildren(
      failure(error, () => {
        container.replaceChildren();
        // Where the button was that is gone.
        container.tabIndex = -1;
        container.focus({ preventScroll: true });
        fill(container, load, render, signal);
      }),
    );
  }
  container.removeAttribute("aria-busy");
}

/** Fills a part of the page at once, whose loading may have been aborted. */
export function settle(container, ...content) {
  container.replaceChildren(...content);
  container.removeAttribute("aria-busy");
}

/** Hides a button that has done its last; what it has brought gets its focus. */
export function retire(control, brought) {
  const focused = document.activeElement === control;
  control.hidden = true;
  if (!focused) return;
  brought.tabIndex = -1;
  brought.focus({ preventScroll: true });
}

export function loading() {
  return element(
    "div",
    { class: "skeleton", role: "status" },
    element("span", { class: "hidden-text" }, "Loading"),
    ...Array.from({ length: 3 }, () => element("span", { "aria-hidden": "true" })),
  );
}

export function failure(error, retry = null) {
  return element(
    "div",
    { class: "notice failure", role: "alert" },
    element("p", {}, error.message),
    retry && button("Try again", retry),
  );
}

export function empty(...children) {
  return element("div", { class: "notice" }, ...children);
}

/** Where an index is needed and none is served. */
export function noIndex() {
  return empty(
    element("p", {}, "This service has no index of documents, so there is nothing to look up."),
    element("p", {}, "To make one and serve it:"),
    element(
      "pre",
      { tabindex: "0" },
      "kate index MODEL CORPUS -o INDEX\nkate serve MODEL --index INDEX",
    ),
  );
}

/** Runs `action` once calls have ceased for a while. */
export function debounced(milliseconds, action) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...values), milliseconds);
  };
}
