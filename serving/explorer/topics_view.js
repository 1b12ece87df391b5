/** All topics, or one of them. */

import { barList } from "./bars.js";
import { documentList } from "./document_list.js";
import { get } from "./api.js";
import { element, foreign, freshId, link, section } from "./elements.js";
import { loadMap } from "./map_data.js";
import { count, counted, signed } from "./numbers.js";
import { routeTo } from "./router.js";
import { debounced, empty, fill, noIndex } from "./states.js";
import { allTopics, firstWords, TOP_WORDS, wordLink } from "./topic_names.js";

const CARD_WORDS = 8;
const PAGE_WORDS = 50;
const END_DOCUMENTS = 10;

const ORDERS = {
  number: { label: "Number", compare: (a, b) => a.index - b.index },
  influence: { label: "Strongest word", compare: (a, b) => strongest(b) - strongest(a) },
  word: {
    label: "First word",
    compare: (a, b) => firstWords(a, "positive", 1).localeCompare(firstWords(b, "positive", 1)),
  },
};

export function title({ rest }) {
  return rest.length ? `Topic ${rest[0]}` : "Topics";
}

export function show(body, context) {
  if (context.route.rest.length) showTopic(body, context);
  else showAll(body, context);
}

function showAll(body, { service, route, signal }) {
  const load = async () => ({
    topics: await allTopics(),
    documents: service.index && (await documentsByTopic(service.info.dimensions)),
  });
  fill(body, load, (loaded) => browser(loaded, route), signal);
}

/** How many documents lie most in a topic's direction, either sign. */
async function documentsByTopic(dimensions) {
  const { topic } = await loadMap();
  const documents = new Uint32Array(dimensions);
  for (const code of topic) if (code !== 0) documents[Math.abs(code) - 1] += 1;
  return documents;
}

function browser({ topics, documents }, route) {
  const orders = { ...ORDERS };
  if (documents) {
    orders.documents = {
      label: "Most documents",
      compare: (a, b) => documents[b.index] - documents[a.index],
    };
  }
  const filter = element("input", {
    type: "search",
    id: "topic-filter",
    autocomplete: "off",
    value: route.query.get("word") ?? "",
  });
  const order = element(
    "select",
    { id: "topic-order" },
    ...Object.entries(orders).map(([value, { label }]) => element("option", { value }, label)),
  );
  const summary = element("p", { role: "status", class: "hint" });
  const cards = element("ul", { class: "cards" });
  const update = () => {
    const wanted = filter.value.trim().toLowerCase();
    const found = topics
      .filter((topic) => !wanted || holds(topic, wanted))
      .sort(orders[order.value].compare);
    summary.textContent = wanted
      ? `${count(found.length)} of ${counted(topics.length, "topic")} have such a word among their first ${TOP_WORDS}.`
      : counted(topics.length, "topic");
    cards.replaceChildren(...found.map((topic) => card(topic, documents, wanted)));
  };
  filter.addEventListener("input", debounced(100, update));
  order.addEventListener("change", update);
  update();
  return [
    element(
      "p",
      { class: "lead" },
      "Each dimension of a vector is a topic. Words after + raise it, words after − lower it. ",
      "The larger a word, the more it moves the topic, and the more of it the documents there have.",
    ),
    element(
      "div",
      { class: "fields" },
      element("label", { for: "topic-filter" }, "Find a word", filter),
      element("label", { for: "topic-order" }, "Order", order),
    ),
    summary,
    cards,
  ];
}

function holds(topic, wanted) {
  return [...topic.positive, ...topic.negative].some(({ word }) => word.startsWith(wanted));
}

function strongest({ positive, negative }) {
  return Math.max(positive[0]?.influence ?? 0, -(negative[0]?.influence ?? 0));
}

function card(topic, documents, wanted) {
  return element(
    "li",
    { class: "card" },
    element(
      "h2",
      {},
      link(routeTo("topics", [topic.index]), `Topic ${topic.index}`),
      documents && element("span", { class: "hint" }, counted(documents[topic.index], "document")),
    ),
    cloud(topic, "positive", wanted),
    cloud(topic, "negative", wanted),
  );
}

function cloud(topic, sign, wanted) {
  const largest = strongest(topic) || 1;
  // A word that was looked for is shown even if it is further down.
  const shown = topic[sign].filter(
    ({ word }, place) => place < CARD_WORDS || (wanted && word.startsWith(wanted)),
  );
  return element(
    "p",
    { class: `cloud ${sign}` },
    element("span", { class: "sign", "aria-hidden": "true" }, sign === "positive" ? "+" : "−"),
    element("span", { class: "hidden-text" }, sign === "positive" ? "Raised by" : "Lowered by"),
    ...shown.flatMap(({ word, influence }) => {
      const found = wanted && word.startsWith(wanted);
      const node = foreign(found ? "mark" : "span", word, { class: "sized" });
      node.style.setProperty("--part", Math.abs(influence) / largest);
      return [" ", node];
    }),
  );
}

function showTopic(body, { service, route, signal }) {
  const index = route.rest[0];
  const words = element("div");
  const documents = element("div");
  body.append(
    neighbours(Number(index), service),
    words,
    section("Documents at both ends", documents),
  );
  const load = () => get(`topics/${encodeURIComponent(index)}`, { n_words: PAGE_WORDS }, signal);
  fill(words, load, ({ topic }) => bothSides(topic), signal);
  if (service.index) {
    const ends = () =>
      Promise.all(["positive", "negative"].map((sign) => end(index, sign, signal)));
    fill(documents, ends, bothEnds, signal);
  } else {
    documents.append(noIndex());
  }
}

function neighbours(index, { info, index: documents }) {
  return element(
    "p",
    { class: "links" },
    link("#/topics", "All topics"),
    index > 0 &&
      index <= info.dimensions &&
      link(routeTo("topics", [index - 1]), `Topic ${index - 1}`),
    index + 1 < info.dimensions && link(routeTo("topics", [index + 1]), `Topic ${index + 1}`),
    documents && link(routeTo("map", [], { topic: index }), "Show on the map"),
  );
}

function bothSides(topic) {
  return element(
    "div",
    { class: "columns" },
    side("Words that raise it", topic.positive),
    side("Words that lower it", topic.negative),
  );
}

function side(heading, words) {
  if (words.length === 0) return section(heading, empty("None."));
  const rows = words.map(({ word, influence }) => ({
    label: wordLink(word),
    value: influence,
    text: signed(influence, 4),
  }));
  return section(heading, barList(rows, { bothSigns: false }));
}

async function end(index, sign, signal) {
  const path = `topics/${encodeURIComponent(index)}/documents`;
  return (await get(path, { sign, n: END_DOCUMENTS }, signal)).documents;
}

function bothEnds([positive, negative]) {
  const column = (heading, documents) => {
    const id = freshId("end");
    return element(
      "section",
      { "aria-labelledby": id },
      element("h3", { id }, heading),
      documentList(documents),
    );
  };
  return element(
    "div",
    { class: "columns" },
    column("Raised most", positive),
    column("Lowered most", negative),
  );
}
