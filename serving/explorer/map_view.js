/** The map of all documents: to pan, zoom, lasso and search. */

import { post } from "./api.js";
import { byLabel, byOneTopic, bySimilarity, byTopic, paintOf } from "./coloring.js";
import { button, element } from "./elements.js";
import { latest } from "./latest.js";
import { legend } from "./map_legend.js";
import { countCodes, loadMap } from "./map_data.js";
import { documentPanel, pagedDocuments, searchPanel, selectionPanel } from "./map_panel.js";
import { MapStage } from "./map_stage.js";
import { count } from "./numbers.js";
import { fill, noIndex } from "./states.js";
import { themeChanges } from "./theme.js";
import { topicsToName } from "./topic_names.js";

const HELP = "map-help";
const ZOOM_STEP = 1.6;
const FOUND = 100;

export function title() {
  return "Document map";
}

export function show(body, { service, route, signal }) {
  if (!service.index) {
    body.append(noIndex());
    return;
  }
  const load = async () => {
    const [map, topics] = await Promise.all([loadMap(), topicsToName(service.info.dimensions)]);
    return { map, topics };
  };
  fill(body, load, ({ map, topics }) => new MapView(map, topics, route.query, signal).node, signal);
}

class MapView {
  #coloring;
  #colorings;
  #isolated = null;
  #selected = null;
  #showsView = true;
  #base = () => this.#showView();
  #nextPanel;

  constructor(map, topics, query, signal) {
    this.map = map;
    this.topics = topics;
    this.#nextPanel = latest(signal);
    this.stage = new MapStage(map, HELP, signal);
    this.#colorings = this.#offerColorings(query.get("topic"));
    this.summary = element("p", { class: "summary", role: "status" });
    this.legend = element("div");
    this.panelTitle = element("h2", { tabindex: "-1", id: "panel-title" });
    this.panelBody = element("div", { class: "stack" });
    this.back = button("Back to the list", () => this.#goBack(), { class: "quiet" });
    this.panel = this.#makePanel();
    this.node = element("div", { class: "map" }, this.#left(), this.panel);
    this.#listen(signal);
    this.#recolor();
    this.#changePanel("In view", null);
    if (query.has("document")) this.#openLinked(Number(query.get("document")));
  }

  /** Opens a document that another view has linked. */
  #openLinked(number) {
    const row = this.map.rowOf.get(number);
    if (row !== undefined) this.stage.focusOn(row);
    this.#open(number);
  }

  #offerColorings(wanted) {
    const { map, topics } = this;
    const offered = {};
    if (map.labels.length > 0) offered.label = { name: "First label", make: () => byLabel(map) };
    offered.topic = { name: "Topic", make: () => byTopic(map, topics) };
    const index = Number(wanted);
    if (wanted !== null && topics[index]) {
      offered.one = { name: `Topic ${index}`, make: () => byOneTopic(map, index, topics) };
    }
    return offered;
  }

  #left() {
    return element(
      "div",
      { class: "map-main" },
      this.#toolbar(),
      this.stage.node,
      element(
        "p",
        { id: HELP, class: "hidden-text" },
        "Drag or use arrow keys to pan, the wheel or + and − to zoom, 0 to show all. ",
        "The panel lists the documents in view; a button selects them all.",
      ),
      this.summary,
      element("details", { open: true }, element("summary", {}, "Legend"), this.legend),
    );
  }

  #toolbar() {
    this.search = element("input", {
      id: "map-search",
      type: "search",
      dir: "auto",
      autocomplete: "off",
      placeholder: "Words or a sentence",
    });
    this.chooser = element(
      "select",
      { id: "map-coloring", onchange: () => this.#recolor() },
      ...Object.entries(this.#colorings).map(([value, { name }]) =>
        element("option", { value, selected: value === "one" }, name),
      ),
    );
    this.lasso = button("Lasso", () => this.#setLasso(!this.stage.lassoOn), {
      "aria-pressed": "false",
      title: "Draw around documents. Shift and drag does the same.",
    });
    const find = (event) => {
      event.preventDefault();
      this.#find(this.search.value.trim());
    };
    return element(
      "div",
      { class: "toolbar" },
      element(
        "form",
        { role: "search", onsubmit: find },
        element("label", { for: "map-search" }, "Search by meaning"),
        element("span", { class: "joined" }, this.search, element("button", {}, "Search")),
      ),
      element("div", {}, element("label", { for: "map-coloring" }, "Color by"), this.chooser),
      element(
        "div",
        { class: "tools", role: "group", "aria-label": "Map tools" },
        this.lasso,
        button("Select what is in view", () => this.#selectRows(this.stage.rowsInView())),
        button("+", () => this.stage.zoom(ZOOM_STEP), { "aria-label": "Zoom in" }),
        button("−", () => this.stage.zoom(1 / ZOOM_STEP), { "aria-label": "Zoom out" }),
        button("Show all", () => this.stage.showAll()),
      ),
    );
  }

  #makePanel() {
    return element(
      "section",
      { class: "panel", "aria-labelledby": "panel-title" },
      element("div", { class: "panel-head" }, this.panelTitle, this.back),
      this.panelBody,
    );
  }

  #listen(signal) {
    const { stage } = this;
    stage.addEventListener("settled", () => this.#settled());
    stage.addEventListener("pressed", ({ detail: row }) => this.#open(this.map.number[row]));
    stage.addEventListener("selected", ({ detail: rows }) => {
      this.#setLasso(false);
      this.#selectRows(rows);
    });
    stage.addEventListener("cancelled", () => this.#clear());
    const recolored = () => {
      this.#refreshLegend();
      this.#repaint();
    };
    themeChanges.addEventListener("change", recolored, { signal });
  }

  #setLasso(on) {
    this.stage.lassoOn = on;
    this.lasso.setAttribute("aria-pressed", String(on));
    this.stage.canvas.classList.toggle("drawing", on);
  }

  #recolor() {
    this.#color(this.#colorings[this.chooser.value].make());
  }

  #color(coloring) {
    this.#coloring = coloring;
    this.#isolated = null;
    this.#refreshLegend();
    this.#repaint();
  }

  #refreshLegend() {
    const isolate = (category) => {
      this.#isolated = category;
      this.#repaint();
    };
    this.legend.replaceChildren(legend(this.#coloring, this.#isolated, isolate));
  }

  #repaint() {
    this.stage.paint(paintOf(this.#coloring, this.#isolated, this.#selected));
  }

  #settled() {
    const rows = this.stage.rowsInView();
    this.summary.textContent = this.#summaryOf(rows);
    if (this.#showsView) this.#listView(rows);
  }

  #summaryOf(rows) {
    const { map } = this;
    const inView = `${count(rows.length)} of ${count(map.size)} documents in view`;
    const [first] = countCodes(map.label, rows).filter(([code]) => code >= 0);
    if (!first) return `${inView}.`;
    const [code, most] = first;
    const how = most * 2 > rows.length ? "mostly" : "most often";
    return `${inView}, ${how} ${map.labels[code]}.`;
  }

  #selectRows(rows) {
    this.#selected = new Uint8Array(this.map.size);
    for (const row of rows) this.#selected[row] = 1;
    this.#repaint();
    this.#showBase("Selection", (signal) =>
      selectionPanel(rows, {
        map: this.map,
        topics: this.topics,
        open: this.#openListed,
        clear: () => this.#clear(),
        signal,
      }),
    );
  }

  #find(query) {
    if (!query) {
      this.#clear();
      return;
    }
    this.#selected = null;
    this.#showBase("Search", (signal) => {
      const content = element("div", { class: "stack" });
      const load = async () =>
        (await post("similar", { documents: [query], n: FOUND }, signal)).similar[0];
      const render = (results) => {
        if (results.length > 0) this.#color(bySimilarity(this.map, results));
        else this.#recolor();
        return searchPanel(query, results, { open: this.#openListed, clear: () => this.#clear() });
      };
      fill(content, load, render, signal);
      return [content];
    });
  }

  /** Ends a selection or a search. */
  #clear() {
    this.#selected = null;
    this.search.value = "";
    this.#recolor();
    this.#base = () => this.#showView();
    this.#goBack();
  }

  /** Shows the list; the button that was pressed is gone, so its title takes the focus. */
  #goBack() {
    this.#base();
    this.panelTitle.focus({ preventScroll: true });
  }

  #showView() {
    this.#base = () => this.#showView();
    this.#showsView = true;
    this.stage.reveal(null);
    this.#changePanel("In view", null);
    this.#listView(this.stage.rowsInView());
  }

  #listView(rows) {
    const signal = this.#nextPanel();
    this.panelBody.replaceChildren(pagedDocuments(rows, this.map, this.#openListed, signal));
  }

  #showBase(heading, content) {
    this.#base = () => this.#showBase(heading, content);
    this.#showsView = false;
    this.stage.reveal(null);
    this.#changePanel(heading, null);
    this.panelBody.replaceChildren(...content(this.#nextPanel()).filter(Boolean));
    this.panelTitle.focus({ preventScroll: true });
  }

  #openListed = ({ number }) => {
    this.#open(number);
    this.panelTitle.focus({ preventScroll: true });
  };

  #open(number) {
    const row = this.map.rowOf.get(number);
    if (row !== undefined) this.stage.reveal(row);
    this.#showsView = false;
    this.#changePanel("Document", this.#base);
    this.panelBody.replaceChildren(
      documentPanel(number, {
        map: this.map,
        topics: this.topics,
        open: this.#openListed,
        focusOn: (found) => this.stage.focusOn(found),
        signal: this.#nextPanel(),
      }),
    );
    this.panel.scrollTop = 0;
  }

  #changePanel(heading, back) {
    this.panelTitle.textContent = heading;
    this.back.hidden = back === null;
  }
}
