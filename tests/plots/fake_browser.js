// Runs the script of a page that `documents_html` wrote, without a browser.
//
//   node fake_browser.js PAGE EVENTS
//
// EVENTS is a JSON list of [element, handler, event]; printed is, after each of them,
// what was drawn last, as [colour, corners], and the note.
"use strict";
const fs = require("fs");

const page = fs.readFileSync(process.argv[2], "utf-8");
const events = JSON.parse(process.argv[3]);
const [data, code] = [...page.matchAll(/<script[^>]*>(.*?)<\/script>/gs)].map(m => m[1]);

function makePen() {
  const pen = {
    drawn: [],
    clearRect: () => { pen.drawn = []; },
    setTransform: () => {},
    beginPath: () => { pen.corners = []; },
    moveTo: (x, y) => pen.corners.push([x, y]),
    lineTo: (x, y) => pen.corners.push([x, y]),
    closePath: () => {},
    fill: () => pen.drawn.push([pen.fillStyle, pen.corners]),
  };
  return pen;
}

function makeElement(textContent = "") {
  const pen = makePen();
  return {
    pen,
    textContent,
    hidden: true,
    children: [],
    style: {},
    attributes: {},
    clientWidth: 800,
    clientHeight: 600,
    getContext: () => pen,
    append(...children) { this.children.push(...children); },
    setAttribute(name, value) { this.attributes[name] = value; },
  };
}

const elements = {
  data: makeElement(data), map: makeElement(), note: makeElement(), labels: makeElement(),
};
global.window = { devicePixelRatio: 2, innerWidth: 1000, innerHeight: 600 };
global.document = {
  getElementById: id => elements[id],
  createElement: () => makeElement(),
};
(0, eval)(code);

const { map, note, labels } = elements;
const state = () => ({
  drawn: map.pen.drawn,
  note: note.hidden ? null : note.textContent,
  place: { ...note.style },
  labels: labels.children.map(button => button.children[1]),
  pressed: labels.children.map(button => button.attributes["aria-pressed"]),
});
const states = [state()];
for (const [name, handler, event] of events) {
  const element = name === "map" ? map : labels.children[name];
  element[handler]({ preventDefault: () => {}, ...event });
  states.push(state());
}
console.log(JSON.stringify(states));
