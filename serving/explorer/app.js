/** Starts the page: reads what is served, then shows the view that the address names. */

import { chooseModel, forget, modelChanges } from "./api.js";
import * as about from "./about_view.js";
import * as compare from "./compare_view.js";
import { forgetDocuments } from "./document_store.js";
import { button, element } from "./elements.js";
import * as map from "./map_view.js";
import { parseRoute } from "./router.js";
import { openService } from "./service.js";
import { empty, failure, loading } from "./states.js";
import * as text from "./text_view.js";
import { installThemeButton } from "./theme.js";
import * as topics from "./topics_view.js";
import * as words from "./words_view.js";

const VIEWS = { map, topics, text, compare, words, about };

const main = document.getElementById("main");
const notice = document.getElementById("notice");

let service = null;
let starts = 0;
let leaving = new AbortController();
let shown = false;

async function start() {
  starts += 1;
  const own = starts;
  leaving.abort();
  service = null;
  forget();
  forgetDocuments();
  main.replaceChildren(loading());
  notice.replaceChildren();
  try {
    const opened = await openService();
    // Another model may have been chosen in between.
    if (own !== starts) return;
    service = opened;
  } catch (error) {
    if (own === starts) main.replaceChildren(failure(error, start));
    return;
  }
  offerModels();
  show();
}

function show() {
  if (service === null) return;
  leaving.abort();
  leaving = new AbortController();
  const route = parseRoute(location.hash);
  if (route.name === "") {
    // Replaced, so that the way back does not lead here again.
    location.replace(service.index ? "#/map" : "#/text");
    return;
  }
  const view = VIEWS[route.name];
  const title = view ? view.title(route) : "Not found";
  const heading = element("h1", { tabindex: "-1" }, title);
  const body = element("div", { class: "body" });
  document.title = `${title} – ${service.info.model} – KATE explorer`;
  markCurrent(route.name);
  main.dataset.view = route.name;
  main.replaceChildren(heading, body);
  scrollTo(0, 0);
  // The first view has the focus where the browser put it.
  if (shown) heading.focus({ preventScroll: true });
  shown = true;
  if (view) {
    view.show(body, { service, route, signal: leaving.signal });
  } else {
    body.append(empty("There is no such view. Choose one above."));
  }
}

function markCurrent(name) {
  for (const anchor of document.querySelectorAll("nav a")) {
    if (parseRoute(anchor.hash).name === name) anchor.setAttribute("aria-current", "page");
    else anchor.removeAttribute("aria-current");
  }
}

function offerModels() {
  const label = document.getElementById("models");
  const { model: current, models } = service.info;
  label.hidden = models.length < 2;
  label
    .querySelector("select")
    .replaceChildren(
      ...models.map((model) =>
        element("option", { value: model, selected: model === current }, model),
      ),
    );
}

document.getElementById("models").addEventListener("change", ({ target }) => {
  chooseModel(target.value);
  start();
});

modelChanges.addEventListener("replaced", ({ detail: words }) => {
  notice.replaceChildren(
    element(
      "div",
      { class: "notice", role: "alert" },
      element("p", {}, words),
      button("Read it anew", start),
    ),
  );
});

document.querySelector(".skip").addEventListener("click", (event) => {
  // The address names the view, so the link must not change it.
  event.preventDefault();
  main.focus();
});

installThemeButton(document.getElementById("theme"));
addEventListener("hashchange", show);
start();
