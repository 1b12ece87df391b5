/** A word: its neighbours, and the topics that it moves. */

import { get, post } from "./api.js";
import { barList } from "./bars.js";
import { element, foreign, section } from "./elements.js";
import { signed } from "./numbers.js";
import { routeTo } from "./router.js";
import { empty, fill } from "./states.js";
import { allTopics, signOf, TOP_WORDS, topicLink, wordLink } from "./topic_names.js";

const NEIGHBOURS = 20;
const MOVED = 10;

export function title({ rest }) {
  return rest.length ? `Word: ${rest[0]}` : "Words";
}

export function show(body, { service, route, signal }) {
  const word = route.rest[0] ?? "";
  const found = element("div", { class: "results" });
  body.append(form(word), found);
  if (!word) {
    fill(found, allTopics, suggestions, signal);
    return;
  }
  fill(found, () => lookUp(word, service.info.dimensions, signal), render, signal);
}

function form(word) {
  const input = element("input", {
    id: "word",
    type: "search",
    dir: "auto",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    value: word,
  });
  const submit = (event) => {
    event.preventDefault();
    const wanted = input.value.trim();
    if (wanted) location.hash = routeTo("words", [wanted]);
  };
  return element(
    "form",
    { class: "fields", role: "search", onsubmit: submit },
    element("label", { for: "word" }, "Word", input),
    element("button", { class: "primary" }, "Look up"),
  );
}

function suggestions(topics) {
  const words = topics.map(({ positive }) => positive[0]?.word).filter(Boolean);
  const first = [...new Set(words)].slice(0, 30);
  return [
    element(
      "p",
      { class: "lead" },
      "Look up a word to see which words act on the topics as it does. Some words to start with:",
    ),
    element("p", { class: "chips" }, ...first.map(wordLink)),
  ];
}

async function lookUp(word, dimensions, signal) {
  const body = { documents: [word], n_topics: dimensions };
  const moved = (await post("explain", body, signal)).explanations[0].topics;
  // Forms of a word share the one that stands for them in the vocabulary.
  const known = moved[0].words.map((share) => share.word);
  if (known.length !== 1) return { word, known };
  const [{ neighbours }, topics] = await Promise.all([
    get(`words/${encodeURIComponent(known[0])}`, { n: NEIGHBOURS }, signal),
    allTopics(),
  ]);
  return { word, known, moved, neighbours, topics };
}

function render({ word, known, moved, neighbours, topics }) {
  if (known.length === 0) {
    return empty(
      element("p", {}, foreign("b", word), " is not in the vocabulary."),
      element(
        "p",
        {},
        "The model ignores it, as it ignores stop words and words that are rare in its corpus.",
      ),
    );
  }
  if (known.length > 1) {
    return empty(
      element("p", {}, "That is more than one word. Look up one of them:"),
      element("p", { class: "chips" }, ...known.map(wordLink)),
    );
  }
  const [form] = known;
  return [
    form !== word.toLowerCase() &&
      element("p", { class: "lead" }, "Stands for all its forms: ", foreign("b", form)),
    element(
      "div",
      { class: "columns" },
      section("Nearest words", nearest(neighbours)),
      element(
        "div",
        {},
        section("Topics it moves most", movements(moved, topics)),
        section("Topics it stands for", memberships(form, topics)),
      ),
    ),
  ];
}

function nearest(neighbours) {
  const rows = neighbours.map(({ word, cosine }) => ({
    label: wordLink(word),
    value: cosine,
    text: signed(cosine, 2),
  }));
  return barList(rows, { full: 1 });
}

function movements(moved, topics) {
  const rows = moved
    .map(({ index, words: [{ share }] }) => ({ index, share }))
    .sort((a, b) => Math.abs(b.share) - Math.abs(a.share))
    .slice(0, MOVED)
    .map(({ index, share }) => ({
      label: topicLink(topics[index], signOf(share)),
      value: share,
      text: signed(share),
    }));
  return element(
    "div",
    { class: "stack" },
    element("p", { class: "hint" }, "By its share in a text of this word alone."),
    barList(rows),
  );
}

function memberships(form, topics) {
  const rows = topics
    .flatMap((topic) =>
      ["positive", "negative"].map((sign) => ({
        topic,
        sign,
        influence: topic[sign].find(({ word }) => word === form)?.influence,
      })),
    )
    .filter(({ influence }) => influence !== undefined)
    .sort((a, b) => Math.abs(b.influence) - Math.abs(a.influence))
    .map(({ topic, sign, influence }) => ({
      label: topicLink(topic, sign),
      value: influence,
      text: signed(influence, 4),
    }));
  const hint = `Topics that have it among their first ${TOP_WORDS} words of either sign.`;
  if (rows.length === 0) return empty(`It is not among the first ${TOP_WORDS} words of any topic.`);
  return element("div", { class: "stack" }, element("p", { class: "hint" }, hint), barList(rows));
}
