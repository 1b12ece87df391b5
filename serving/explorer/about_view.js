/** The model card: what is served, its limits, and what its vectors are good for. */

import { element, foreign, link, section } from "./elements.js";
import { bytes, count } from "./numbers.js";
import { noIndex } from "./states.js";

export function title() {
  return "About this model";
}

export function show(body, { service: { info, index } }) {
  body.append(
    element(
      "p",
      { class: "lead" },
      "This page shows what a model has learned from its corpus. ",
      "It needs no network beyond this service. ",
      element("a", { href: "docs" }, "The manual of the HTTP interface"),
    ),
    element(
      "div",
      { class: "columns" },
      element("div", {}, section("Model", facts(card(info))), section("Index", indexFacts(index))),
      element(
        "div",
        {},
        section("Use it for", list(USES)),
        section("Mind its limits", list(CAUTIONS)),
        section("Limits of a request", facts(limits(info.limits))),
      ),
    ),
  );
}

const USES = [
  "Similar documents: within this corpus, and in texts like those of this corpus.",
  "Reading why: each dimension is a topic with words, and each vector splits into shares of words.",
  "Features for a classifier, clusters, and finding duplicates.",
];

const CAUTIONS = [
  "Vectors are comparable only where the fingerprint is the same.",
  "Words that are not in the vocabulary are ignored. So is the order of words.",
  "Short texts with few known words are unreliable. A text without any says nothing.",
  "A similarity tells shared topics. It does not tell whether texts agree or are true.",
  "Topics are what words occur together in this corpus, with all its habits and gaps.",
];

function card(info) {
  return [
    ["Name", info.model],
    ["Version", info.version],
    ["Fingerprint", element("code", {}, info.fingerprint)],
    ["Dimensions", count(info.dimensions)],
    ["Words in the vocabulary", count(info.vocabulary_size)],
    [
      "Made with",
      Object.entries(info.versions)
        .map((pair) => pair.join(" "))
        .join(", "),
    ],
  ];
}

function limits(limits) {
  return [
    ["Longest document", bytes(limits.max_document_bytes)],
    ["Most documents", count(limits.max_documents)],
    ["Largest body", bytes(limits.max_body_bytes)],
    ["Longest wait", `${limits.timeout} seconds`],
  ];
}

function indexFacts(index) {
  if (index === null) return noIndex();
  const search = index.approximate
    ? `Approximate: finds ${(100 * index.recall).toFixed(1)}% of the true nearest documents`
    : "Exact";
  return facts([
    ["Documents", link("#/map", count(index.documents))],
    ["Labels", count(index.labels.length)],
    ["Without a label", count(index.unlabelled)],
    ["Search", search],
    ["Kept of each text", `${count(index.snippet)} characters`],
    ["Version of the index", String(index.index_version)],
  ]);
}

function facts(pairs) {
  return element(
    "dl",
    { class: "facts" },
    ...pairs.map(([name, value]) =>
      element("div", {}, element("dt", {}, name), foreign("dd", value)),
    ),
  );
}

function list(sentences) {
  return element("ul", { class: "sentences" }, ...sentences.map((s) => element("li", {}, s)));
}
