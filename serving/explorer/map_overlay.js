/** What lies over the points: the lasso's path, rings around points, and the tip. */

import { element, foreign } from "./elements.js";
import { documentsOf } from "./document_store.js";
import { debounced } from "./states.js";

const SVG = "http://www.w3.org/2000/svg";
const RING = 8;
const PAUSE = 80;

export class MapOverlay {
  #camera;
  #map;
  #hovered = null;
  #opened = null;

  constructor(camera, map) {
    this.#camera = camera;
    this.#map = map;
    this.svg = shape("svg", { class: "overlay", "aria-hidden": "true" });
    this.lasso = shape("polygon", { class: "lasso" });
    this.hoverRing = shape("circle", { class: "ring", r: RING });
    this.openRing = shape("circle", { class: "ring opened", r: RING });
    this.svg.append(this.lasso, this.hoverRing, this.openRing);
    this.tip = element("div", { class: "tip", "aria-hidden": "true" });
    this.tip.hidden = true;
    this.#place();
  }

  drawLasso(path) {
    this.lasso.setAttribute("points", path.map((point) => point.join()).join(" "));
  }

  hover(row) {
    if (row === this.#hovered) return;
    this.#hovered = row;
    this.tip.hidden = true;
    this.#place();
    if (row !== null) this.#tell(row);
  }

  open(row) {
    this.#opened = row;
    this.#place();
  }

  /** Follows the camera. */
  moved() {
    this.#place();
  }

  #tell = debounced(PAUSE, async (row) => {
    if (row !== this.#hovered) return;
    const told = await tell(this.#map.number[row]);
    if (row !== this.#hovered) return;
    this.tip.replaceChildren(...told);
    this.tip.hidden = false;
    this.#place();
  });

  #place() {
    this.#ring(this.hoverRing, this.#hovered);
    this.#ring(this.openRing, this.#opened);
    if (this.tip.hidden || this.#hovered === null) return;
    const [left, top] = this.#screen(this.#hovered);
    const { width, height } = this.#camera;
    // On the side of the point where there is room.
    this.tip.style.left = left < width / 2 ? `${left + RING * 2}px` : "auto";
    this.tip.style.right = left < width / 2 ? "auto" : `${width - left + RING * 2}px`;
    this.tip.style.top = top < height / 2 ? `${top}px` : "auto";
    this.tip.style.bottom = top < height / 2 ? "auto" : `${height - top}px`;
  }

  #ring(circle, row) {
    circle.toggleAttribute("hidden", row === null);
    if (row === null) return;
    const [left, top] = this.#screen(row);
    circle.setAttribute("cx", left);
    circle.setAttribute("cy", top);
  }

  #screen(row) {
    return this.#camera.toScreen(this.#map.x[row], this.#map.y[row]);
  }
}

function shape(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

async function tell(number) {
  try {
    const [document] = await documentsOf([number]);
    return document ? description(document) : ["This document is gone."];
  } catch (error) {
    return [error.message];
  }
}

function description({ id, labels, snippet }) {
  return [
    foreign("strong", id),
    labels.length > 0 && foreign("span", labels.join(", "), { class: "hint" }),
    foreign("span", snippet, { class: "snippet" }),
  ].filter(Boolean);
}
