/** The panel beside the map: documents in view, a selection, search results, a document. */

import { post } from "./api.js";
import { barList } from "./bars.js";
import { explainLink, documentList, labelChips } from "./document_list.js";
import { documentsOf } from "./document_store.js";
import { button, element, foreign, section } from "./elements.js";
import { idDownload } from "./id_download.js";
import { countCodes } from "./map_data.js";
import { count, counted } from "./numbers.js";
import { empty, fill, retire } from "./states.js";
import { signOf, topicLink } from "./topic_names.js";

const PAGE = 20;
const BARS = 10;
const NEIGHBOURS = 10;

/** A list of rows' documents, a page at a time. */
export function pagedDocuments(rows, map, open, signal) {
  const list = element("div");
  const more = button("", () => extend());
  let shown = 0;
  const extend = () => {
    const numbers = Array.from(rows.slice(shown, shown + PAGE), (row) => map.number[row]);
    shown += numbers.length;
    const page = element("div");
    list.append(page);
    fill(
      page,
      () => documentsOf(numbers, signal),
      (found) => documentList(found, { open }),
      signal,
    );
    more.textContent = `Show more of ${count(rows.length - shown)}`;
    if (shown >= rows.length) retire(more, page);
  };
  if (rows.length === 0) return element("p", { class: "hint" }, "No documents.");
  extend();
  return element("div", { class: "stack" }, list, more);
}

export function selectionPanel(rows, { map, topics, open, clear, signal }) {
  if (rows.length === 0) {
    return [empty("No document lies there."), button("Clear selection", clear)];
  }
  const numbers = Array.from(rows, (row) => map.number[row]);
  return [
    element("p", { role: "status" }, `${counted(rows.length, "document")} selected`),
    element(
      "p",
      { class: "buttons" },
      button("Clear selection", clear),
      idDownload(numbers, signal),
    ),
    map.labels.length > 0 && section("First labels", labelBars(rows, map)),
    section(
      "Topics",
      element("p", { class: "hint" }, "In whose direction the documents lie most."),
      topicBars(rows, map, topics),
    ),
    section("Documents", pagedDocuments(rows, map, open, signal)),
  ];
}

function labelBars(rows, map) {
  const name = (code) => (code < 0 ? "no label" : map.labels[code]);
  return countBars(countCodes(map.label, rows), rows.length, (code) => foreign("span", name(code)));
}

function topicBars(rows, map, topics) {
  const name = (code) =>
    code === 0 ? "no topic" : topicLink(topics[Math.abs(code) - 1], signOf(code));
  return countBars(countCodes(map.topic, rows), rows.length, name);
}

function countBars(counted, all, name) {
  const rows = counted.slice(0, BARS).map(([code, number]) => ({
    label: name(code),
    value: number,
    text: `${count(number)} (${Math.round((100 * number) / all)}%)`,
  }));
  const left = counted.length - rows.length;
  return element(
    "div",
    {},
    barList(rows),
    left > 0 && element("p", { class: "hint" }, `and ${count(left)} more`),
  );
}

export function searchPanel(query, results, { open, clear }) {
  const summary = results.length
    ? `${counted(results.length, "document")} nearest to “${query}”`
    : "No word of the search is in the vocabulary. Try other words.";
  return [
    foreign("p", summary, { role: "status" }),
    element("p", { class: "buttons" }, button("Clear search", clear)),
    results.length > 0 && documentList(results, { open }),
  ].filter(Boolean);
}

export function documentPanel(number, { map, topics, open, focusOn, signal }) {
  const content = element("div", { class: "stack" });
  const load = async () => (await documentsOf([number], signal))[0];
  const render = (document) => {
    if (!document) return empty("This document is no longer in the index.");
    const row = map.rowOf.get(number);
    const neighbours = element("div");
    const similar = async () =>
      (await post("similar", { ids: [document.id], n: NEIGHBOURS }, signal)).similar[0];
    fill(neighbours, similar, (found) => documentList(found, { open }), signal);
    return [
      foreign("h3", document.id, { class: "document-id" }),
      labelChips(document.labels),
      foreign("p", document.snippet, { class: "snippet whole" }),
      element(
        "p",
        { class: "hint" },
        counted(document.known_words, "known word"),
        ...(row === undefined ? [] : mostTopic(map.topic[row], topics)),
      ),
      element(
        "p",
        { class: "buttons" },
        explainLink(document.snippet),
        row !== undefined && button("Find on the map", () => focusOn(row)),
      ),
      section("Nearest documents", neighbours),
    ].filter(Boolean);
  };
  fill(content, load, render, signal);
  return content;
}

function mostTopic(code, topics) {
  if (code === 0) return [];
  return [", most along topic ", topicLink(topics[Math.abs(code) - 1], signOf(code))];
}
