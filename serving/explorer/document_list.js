/** Documents of the index as a list. */

import { element, foreign, link } from "./elements.js";
import { routeTo } from "./router.js";

/** A list of documents; `open` is called with the one whose name is pressed. */
export function documentList(documents, { open = null } = {}) {
  if (documents.length === 0) return element("p", { class: "hint" }, "No documents.");
  return element(
    "ol",
    { class: "documents" },
    ...documents.map((document) => element("li", {}, ...documentEntry(document, open))),
  );
}

function documentEntry(document, open) {
  const { id, number, similarity } = document;
  const name = open
    ? foreign("button", id, { type: "button", class: "plain", onclick: () => open(document) })
    : foreign("a", id, { href: routeTo("map", [], { document: number }) });
  return [
    element(
      "p",
      { class: "document-head" },
      name,
      similarity !== undefined &&
        element(
          "span",
          { class: "cosine" },
          element("span", { class: "hidden-text" }, "similarity "),
          similarity.toFixed(2),
        ),
    ),
    labelChips(document.labels),
    foreign("p", document.snippet, { class: "snippet" }),
  ];
}

export function labelChips(labels) {
  return (
    labels.length > 0 &&
    element("p", { class: "chips" }, ...labels.map((label) => foreign("span", label)))
  );
}

export function explainLink(snippet) {
  return link(routeTo("text", [], { text: snippet }), "Explain its beginning");
}
