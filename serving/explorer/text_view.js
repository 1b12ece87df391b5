/** One text: its topics, the words that caused them, and the nearest documents. */

import { post } from "./api.js";
import { bar } from "./bars.js";
import { documentList } from "./document_list.js";
import { button, element, foreign, section } from "./elements.js";
import { exampleEnds, nameOf } from "./examples.js";
import { latest } from "./latest.js";
import { counted, signed } from "./numbers.js";
import { empty, fill, noIndex, settle } from "./states.js";
import { textField } from "./text_field.js";
import { tintedText } from "./tinted_text.js";
import { allTopics, firstWords, signOf, topicLink } from "./topic_names.js";
import { wordShares } from "./word_share.js";

const TOPICS = 10;
const WORDS = 6;
const NEIGHBOURS = 10;

// So that a text is still there when the reader comes back.
let lastText = "";

export function title() {
  return "Explain a text";
}

export function show(body, { service, route, signal }) {
  if (route.query.has("text") && !(history.state?.taken && lastText)) {
    lastText = route.query.get("text");
    // Or the way back would put it in the place of what the reader has made of it.
    history.replaceState({ taken: true }, "");
  }
  const explained = element("div", { class: "results" });
  const documents = element("div", { class: "results" });
  // Stays in the page, so that a screen reader tells what changes in it.
  const status = element("p", { class: "hint", role: "status" });
  const next = latest(signal);
  const changed = (text) => {
    lastText = text;
    const current = next();
    if (!text.trim()) {
      settle(
        explained,
        empty("Topics light up as you type. Nothing you type is stored by this page."),
      );
      settle(documents);
      status.textContent = "";
      return;
    }
    const load = async () => {
      try {
        return await explain(text, current);
      } catch (error) {
        if (!current.aborted) status.textContent = "";
        throw error;
      }
    };
    const tell = (loaded) => {
      status.textContent = summary(loaded);
      return render(loaded);
    };
    fill(explained, load, tell, current);
    if (service.index) fill(documents, () => nearest(text, current), nearestList, current);
    else documents.replaceChildren(section("Nearest documents", noIndex()));
  };
  const limit = service.info.limits.max_document_bytes;
  body.append(
    textField({ label: "Text", text: lastText, limit, examples: examples(), changed }),
    status,
    explained,
    documents,
  );
  changed(lastText);
}

/** None where topics have no words that could be told; explaining a text says why. */
async function examples() {
  const ends = await exampleEnds().catch(() => []);
  return ends.map((words) => [nameOf(words), words.join(" ")]);
}

async function explain(text, signal) {
  const documents = [text];
  const [{ explanations }, { known_words }, topics] = await Promise.all([
    post("explain", { documents, n_topics: TOPICS, by: "words" }, signal),
    post("encode", { documents }, signal),
    allTopics(),
  ]);
  return { text, explanation: explanations[0], known: known_words[0], topics };
}

function summary({ explanation, known, topics }) {
  const words = `${counted(known, "known word")}, ${counted(explanation.unknown_words.length, "unknown word")}`;
  if (known === 0) return words;
  const [first] = explanation.topics;
  const sign = signOf(moved(first));
  const named = firstWords(topics[first.index], sign);
  return `${words}. They move topic ${first.index} most, to its ${sign} side: ${named}.`;
}

/** What the words add to a topic; the rest of its pre-activation is the bias. */
function moved({ words }) {
  return words.reduce((total, { share }) => total + share, 0);
}

function render({ text, explanation, known, topics }) {
  const { unknown_words: unknown } = explanation;
  if (known === 0) {
    return [
      empty(
        element(
          "p",
          {},
          "No word of this text is in the vocabulary. Its vector says nothing about it.",
        ),
      ),
      unknownWords(unknown),
    ];
  }
  const shown = element("div");
  const account = element("p", { class: "hint" });
  const choices = [];
  const choose = (chosen) => {
    for (const { topic, control } of choices) {
      control.setAttribute("aria-pressed", String(topic === chosen));
    }
    const shares = chosen ? sharesOf(chosen) : sizesOf(explanation.topics);
    shown.replaceChildren(tintedText(text, shares, unknown));
    account.textContent = chosen
      ? sumOf(chosen)
      : `Tint: how much a word moves these ${TOPICS} topics in all, whatever the sign.`;
  };
  const offer = (topic, label, name = null) => {
    const control = button(label, () => choose(topic), { class: "toggle", "aria-label": name });
    choices.push({ topic, control });
    return control;
  };
  const all = offer(null, "Tint by all topics");
  const largest = Math.abs(moved(explanation.topics[0])) || 1;
  const items = explanation.topics.map((topic) =>
    topicItem(topic, topics, largest, offer(topic, "Tint", `Tint by topic ${topic.index}`)),
  );
  choose(null);
  return element(
    "div",
    { class: "columns" },
    element(
      "div",
      {},
      section("Words", shown, account, element("p", {}, all)),
      unknownWords(unknown),
    ),
    section("Topics that the words move most", element("ol", { class: "lit" }, ...items)),
  );
}

function sharesOf({ words }) {
  return new Map(words.map(({ word, share }) => [word, share]));
}

function sizesOf(topics) {
  const sizes = new Map();
  for (const { words } of topics) {
    for (const { word, share } of words) sizes.set(word, (sizes.get(word) ?? 0) + Math.abs(share));
  }
  return sizes;
}

function sumOf(topic) {
  const { index, bias, pre_activation, activation } = topic;
  return (
    `Topic ${index}: words ${signed(moved(topic))}, bias ${signed(bias)}, together ` +
    `${signed(pre_activation)}; its activation is ${signed(activation)}.`
  );
}

function topicItem(topic, topics, largest, control) {
  const { index, words } = topic;
  const sum = moved(topic);
  return element(
    "li",
    {},
    element(
      "p",
      { class: "lit-head" },
      topicLink(topics[index], signOf(sum)),
      bar(sum / largest, true),
      element("span", { class: "bar-number" }, signed(sum)),
      control,
    ),
    element("p", { class: "causes" }, ...wordShares(words, WORDS)),
  );
}

function unknownWords(words) {
  if (words.length === 0) return null;
  return section(
    "Unknown words",
    element(
      "p",
      { class: "hint" },
      "Not in the vocabulary, and ignored: stop words, rare words, misspellings.",
    ),
    element("p", { class: "chips" }, ...words.flatMap((word) => [foreign("span", word), " "])),
  );
}

async function nearest(text, signal) {
  return (await post("similar", { documents: [text], n: NEIGHBOURS }, signal)).similar[0];
}

function nearestList(documents) {
  return documents.length > 0 && section("Nearest documents", documentList(documents));
}
